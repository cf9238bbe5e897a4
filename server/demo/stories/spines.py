"""Backs and necks: an improver, one who finds no time, a newcomer, an unfinished set, silence, and doubts how."""

from hep.facts import SkipReason
from hep.records import Side
from server.demo.story import NOT_YET_TODAY, Aim, Happening, Phase, Revision, Rx, Story, Visit

_CARLOS = Story(
    name="Carlos Mendoza",
    age=44,
    therapist=0,
    problem="Low back pain",
    region="lumbar_core",
    equipment=("mat", "stick"),
    start_ago=58,
    hour=18,
    aims=(Aim(text="Load the delivery van for a whole shift", measure="Shift", unit="h", baseline="3", target="8"),),
    plan=(
        Rx(key="press", exercise="lb-press-up", times=2, minimum=True),
        Rx(key="tilt", exercise="lb-pelvic-tilt", times=1),
    ),
    revisions=(
        Revision(
            ago=40,
            reason="The leg pain is gone: time to make the trunk strong.",
            drop=("tilt",),
            add=(Rx(key="brace", exercise="core-brace", dose={"sets": 2, "reps": 8}, from_today=(0, 2, 4, 5)),),
        ),
        Revision(
            ago=18,
            reason="Lifting comes next, with the stick along the back.",
            dose={"press": {"reps": 8}},
            add=(Rx(key="hinge", exercise="lb-hip-hinge", dose={"sets": 2, "reps": 8}, from_today=(0, 3, 5)),),
        ),
    ),
    visits=(
        Visit(ago=30, decision="accept", reason="Breathing stays calm, back stays flat.", keys=("brace",)),
        Visit(ago=9, decision="accept", reason="Good hinge at the visit.", keys=("brace", "hinge")),
        Visit(ago=6, decision="decline", reason="Press-ups stay: they keep the leg quiet.", keys=("press",)),
    ),
    phases=(
        Phase(start_ago=58, attend=0.85, during=(4, 3), morning=(4, 3), stiffness=(30, 20)),
        Phase(start_ago=40, attend=0.95, during=(3, 1), morning=(3, 1), stiffness=(20, 10)),
        Phase(start_ago=8, attend=1, finish=1, during=(1, 0), morning=(1, 1), noise=0.2, effort=(6,)),
        NOT_YET_TODAY,
    ),
)

_FATIMA = Story(
    name="Fatima Noor",
    age=41,
    therapist=0,
    problem="Low back pain",
    region="lumbar_core",
    equipment=("mat",),
    budget=10,
    start_ago=44,
    hour=21,
    aims=(Aim(text="Work at the till for four hours", measure="Standing", unit="h", baseline="1.5", target="4"),),
    plan=(
        Rx(key="cat", exercise="lb-cat-camel", minimum=True),
        Rx(key="bridge", exercise="hip-bridge", dose={"sets": 2, "reps": 8}, weekdays=(1, 3, 5)),
        Rx(key="bug", exercise="core-dead-bug", dose={"sets": 2, "reps": 6}, weekdays=(2, 4, 6)),
    ),
    revisions=(Revision(ago=20, reason="Two exercises fit better between the shifts than three.", drop=("bug",)),),
    phases=(
        Phase(
            start_ago=44, attend=0.6, finish=0.6, excuse=0.7, during=(4, 4), morning=(4, 4), answers=0.5, effort=(8,)
        ),
        Phase(
            start_ago=21,
            attend=0.35,
            finish=0.6,
            excuse=0.8,
            reasons=(SkipReason.NO_TIME, SkipReason.NO_TIME, SkipReason.FORGOT),
            during=(4, 4),
            morning=(4, 4),
            answers=0.4,
            effort=(8,),
        ),
    ),
    happenings=(Happening(ago=6, what="message", args={"text": "Double shifts this week, I do what I can."}),),
)

_ISABELLA = Story(
    name="Isabella Rossi",
    age=27,
    therapist=2,
    problem="Low back pain after a fall from a horse",
    region="lumbar_core",
    equipment=("mat",),
    start_ago=1,
    begins_in=1,
    invited=False,
    next_visit_in=6,
    aims=(
        Aim(text="Ride again for 30 minutes", measure="Riding", unit="min", baseline="0", target="30", target_in=56),
    ),
    plan=(
        Rx(key="tilt", exercise="lb-pelvic-tilt", times=1, minimum=True),
        Rx(key="rotation", exercise="lb-trunk-rotation", times=1),
    ),
    phases=(Phase(start_ago=1),),
)

_MARCUS = Story(
    name="Marcus Johnson",
    age=39,
    therapist=0,
    problem="Low back pain",
    region="lumbar_core",
    zone="America/Chicago",
    equipment=("mat",),
    start_ago=47,
    hour=19,
    aims=(
        Aim(
            text="Coach my daughter's team, on my feet for an hour",
            measure="Standing",
            unit="min",
            baseline="20",
            target="60",
        ),
    ),
    plan=(
        Rx(key="bridge", exercise="hip-bridge", dose={"sets": 2, "reps": 8}, from_today=(0, 2, 4), minimum=True),
        Rx(key="plank", exercise="core-front-plank", dose={"sets": 2, "hold_s": 20}, from_today=(1, 3, 5)),
    ),
    visits=(
        Visit(ago=33, decision="accept", reason="Steady hips.", keys=("bridge",)),
        Visit(ago=22, decision="accept", reason="No sagging at the visit.", keys=("plank", "bridge")),
        Visit(ago=12, decision="accept", reason="Ready for a third set soon; longer holds first.", keys=("plank",)),
    ),
    phases=(
        Phase(start_ago=47, attend=0.9, during=(3, 2), morning=(2, 2)),
        Phase(start_ago=14, attend=1, finish=1, during=(2, 1), morning=(2, 1), noise=0.1, effort=(6,)),
        NOT_YET_TODAY,
    ),
    happenings=(Happening(ago=5, what="short_set", args={"key": "plank"}),),
)

_YUKI = Story(
    name="Yuki Tanaka",
    age=29,
    therapist=1,
    problem="Neck pain",
    region="neck",
    zone="America/Los_Angeles",
    equipment=("chair", "towel"),
    start_ago=40,
    hour=8,
    silent_from=11,
    aims=(
        Aim(
            text="Edit video for three hours without a headache",
            measure="Screen time",
            unit="h",
            baseline="1",
            target="3",
        ),
    ),
    plan=(
        Rx(key="tuck", exercise="neck-chin-tuck", times=2, minimum=True),
        Rx(key="extend", exercise="neck-thoracic-extension", dose={"sets": 1}),
    ),
    visits=(Visit(ago=25, decision="accept", reason="Posture holds.", keys=("tuck",)),),
    phases=(
        Phase(start_ago=40, attend=0.85, during=(3, 2), morning=(2, 2)),
        Phase(start_ago=18, attend=0.5, excuse=0.2, during=(2, 2), morning=(2, 2), answers=0.4),
    ),
)

_CHEN = Story(
    name="Chen Wei",
    age=46,
    therapist=2,
    problem="Neck pain with stiffness",
    region="neck",
    equipment=("chair", "towel", "bed"),
    start_ago=30,
    hour=13,
    aims=(Aim(text="Look over my shoulder when I change lanes"),),
    plan=(
        Rx(key="rotate", exercise="neck-rotation-arom", times=1, minimum=True),
        Rx(key="nod", exercise="neck-chin-tuck-supine", times=1, dose={"reps": 6, "hold_s": 5}),
    ),
    revisions=(
        Revision(
            ago=16,
            reason="Turning is nearly full: the side of the neck gets its stretch.",
            add=(Rx(key="trap", exercise="neck-uppertrap-stretch", side=Side.BOTH, dose={"sets": 1, "hold_s": 20}),),
        ),
    ),
    visits=(
        Visit(ago=22, decision="accept", reason="Nod is well controlled.", keys=("nod",)),
        Visit(
            ago=6,
            decision="decline",
            reason="No band before the turning is free on both sides.",
            keys=("rotate", "trap", "nod"),
        ),
        Visit(ago=1, decision="decline", reason="First I want to see how it is done.", keys=("rotate", "trap", "nod")),
    ),
    phases=(Phase(start_ago=30, attend=0.95, during=(1, 1), morning=(2, 1)),),
    happenings=(
        Happening(
            ago=5, what="skip", args={"key": "nod", "reason": SkipReason.UNSURE_HOW, "note": "Do I lift the head?"}
        ),
        Happening(ago=2, what="skip", args={"key": "nod", "reason": SkipReason.UNSURE_HOW, "note": None}),
    ),
)

SPINES = (_CARLOS, _FATIMA, _ISABELLA, _MARCUS, _YUKI, _CHEN)
