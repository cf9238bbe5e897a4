"""All channels of one server process, put together from its settings. The only place that wires them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session

from server.database import reading
from server.reminders import clinics
from server.reminders.channels import mail, ntfy, webpush
from server.reminders.channels.mail import Mail, MailServer
from server.reminders.channels.ntfy import Ntfy, NtfyServer
from server.reminders.channels.vapid import Vapid
from server.reminders.channels.ways import Lookup, Ways, addresses
from server.reminders.channels.webpush import PushHosts, WebPush
from server.reminders.port import Channel
from server.sealing import Sealer
from server.security import Keys
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Outlets:
    """`channels` by kind, for whoever sends; the rest for whoever sets them up. `vapid` is None without a contact."""

    ways: Ways
    hosts: PushHosts
    vapid: Vapid | None
    sealer: Sealer
    mail: Mail
    ntfy: Ntfy
    channels: Mapping[str, Channel]

    def offered(self, session: Session, clinic_id: str) -> tuple[str, ...]:
        """The kinds that a patient of the clinic can choose."""
        found = [webpush.KIND] if self.vapid is not None else []
        found += [mail.KIND] if clinics.mail_server(session, self.sealer, clinic_id) else []
        return (*found, *([ntfy.KIND] if clinics.ntfy_server(session, self.sealer, clinic_id) else []))


def open_outlets(settings: Settings, keys: Keys, engine: Engine, lookup: Lookup = addresses) -> Outlets:
    """The channels as the operator's settings and each clinic's have them; a clinic's are read anew each time."""
    ways, hosts, sealer = Ways(settings.vouched, lookup), PushHosts(settings.push_services), Sealer(keys)
    vapid = Vapid(keys, settings.push_contact) if settings.push_contact else None

    def mail_server(clinic_id: str) -> MailServer | None:
        with reading(engine) as session:
            return clinics.mail_server(session, sealer, clinic_id)

    def ntfy_server(clinic_id: str) -> NtfyServer | None:
        with reading(engine) as session:
            return clinics.ntfy_server(session, sealer, clinic_id)

    by_mail, by_ntfy = Mail(ways, mail_server), Ntfy(ways, ntfy_server)
    channels: dict[str, Channel] = {by_mail.kind: by_mail, by_ntfy.kind: by_ntfy}
    if vapid is not None:
        channels[webpush.KIND] = WebPush(ways, hosts, vapid)
    return Outlets(ways, hosts, vapid, sealer, by_mail, by_ntfy, channels)
