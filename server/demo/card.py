"""The demo clinic's own card: its numbers, its stop signs and its bands. A real clinic writes its own.

The telephone number is one of those kept for fiction; the list of signs awaits a clinician's review, and says so.
"""

from hep.records import StopSign

NAME = "Riverside Physical Therapy (demo)"
ZONE = "America/New_York"
PHONE = "+1 212 555 0142"
EMERGENCY_NUMBER = "911"
EMERGENCY_TEXT = "Call 911 now. Do not drive yourself. Demo text: your clinic writes its own."
CLINIC_TEXT = (
    "Call Riverside today, weekdays 8 am to 6 pm. At other times call your doctor's night line. "
    "Demo text, not reviewed for real patients."
)
BANDS = ["yellow", "red", "green", "blue", "black"]
"""Lightest first."""

_LEG = ("knee", "hip", "ankle_foot")
_BACK = ("lumbar_core", "hip")

STOP_SIGNS = (
    StopSign(id="chest_pain", text="Pain or pressure in the chest", group="emergency"),
    StopSign(id="breathless", text="So breathless that you cannot speak a sentence", group="emergency"),
    StopSign(id="fainting", text="Fainting, or close to it", group="emergency"),
    StopSign(id="stroke", text="Face drooping, slurred speech or a weak arm, all of a sudden", group="emergency"),
    StopSign(id="sudden_headache", text="The worst headache of your life, all of a sudden", group="emergency"),
    StopSign(
        id="fracture", text="A fall, and now you cannot put weight on it or it looks out of shape", group="emergency"
    ),
    StopSign(
        id="saddle",
        text="Numbness between the legs, or new trouble with bladder or bowel",
        group="emergency",
        regions=_BACK,
    ),
    StopSign(
        id="both_legs", text="Pain, numbness or weakness in both legs, getting worse", group="emergency", regions=_BACK
    ),
    StopSign(
        id="neck_vessels",
        text="Double vision, trouble swallowing or a sudden unsteady walk",
        group="emergency",
        regions=("neck",),
    ),
    StopSign(
        id="calf_hot_swollen",
        text="One calf newly swollen, hot or painful",
        group="same_day",
        regions=(*_LEG, "functional", "balance_vestibular"),
    ),
    StopSign(id="infection", text="Fever with a hot joint, or a wound that weeps", group="same_day"),
    StopSign(
        id="night_pain", text="Pain at night that no position eases", group="same_day", regions=("lumbar_core", "neck")
    ),
    StopSign(id="new_numbness", text="New numbness, tingling or weakness", group="soon"),
    StopSign(id="fall", text="You fell, even without an injury", group="soon"),
    StopSign(
        id="swelling",
        text="The joint is more swollen than yesterday",
        group="soon",
        regions=(*_LEG, "elbow_wrist_hand"),
    ),
)
