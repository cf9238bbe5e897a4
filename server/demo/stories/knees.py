"""Knees and hips: replacements in weeks 3, 7 and 12, an arthritic knee on holiday, a hip three times a week."""

from hep.facts import SkipReason
from hep.records import Intent, Side
from server.demo.story import NOT_YET_TODAY, Aim, Happening, Phase, Revision, Rx, Story, Visit, kilos

_MARIA = Story(
    name="Maria Santos",
    age=61,
    therapist=0,
    problem="Right knee replacement",
    region="knee",
    equipment=("chair", "counter", "mat", "wall", "strap", "towel"),
    start_ago=45,
    hour=17,
    visitor=True,
    phone_name="old phone",
    next_visit_in=3,
    aims=(
        Aim(
            text="Walk to church and back, 15 minutes, without a stick",
            measure="Walking without a stick",
            unit="min",
            baseline="3",
            target="15",
        ),
        Aim(text="Get up from the low sofa without using my hands"),
        Aim(
            text="Straighten the knee all the way",
            intent=Intent.CAPACITY,
            measure="Knee extension lag",
            unit="°",
            baseline="12",
            target="0",
            target_in=21,
        ),
    ),
    plan=(
        Rx(key="quad", exercise="kn-quad-set", goal=2, side=Side.RIGHT, times=2, minimum=True),
        Rx(key="slide", exercise="kn-heel-slide", goal=2, side=Side.RIGHT, times=2, note="Strap round the foot."),
        Rx(
            key="sit",
            exercise="fn-sit-to-stand",
            goal=1,
            dose={"sets": 1, "reps": 8},
            from_today=(0, 2, 4),
            note="Cushion on the chair to begin with, weight on both legs.",
        ),
    ),
    revisions=(
        Revision(
            ago=33,
            reason="The thigh switches on well now, so the leg can be lifted straight.",
            drop=("quad",),
            add=(
                Rx(
                    key="slr",
                    exercise="kn-slr",
                    goal=2,
                    side=Side.RIGHT,
                    dose={"sets": 2, "reps": 8},
                    from_today=(0, 1, 3, 4, 6),
                    minimum=True,
                ),
            ),
        ),
        Revision(
            ago=22,
            reason="The knee bends past 110°, so the slides end and the calf comes in for walking.",
            drop=("slide",),
            add=(
                Rx(
                    key="heel",
                    exercise="an-heel-raise",
                    goal=0,
                    dose={"sets": 2, "reps": 10},
                    from_today=(0, 2, 4),
                    note="Both hands on the kitchen counter.",
                ),
                Rx(
                    key="calf",
                    exercise="an-gastroc-stretch",
                    goal=0,
                    side=Side.RIGHT,
                    dose={"sets": 2},
                    times=1,
                ),
            ),
        ),
    ),
    visits=(
        Visit(
            ago=26,
            decision="accept",
            reason="Two clean sessions, and the knee was calm the next mornings.",
            keys=("slr",),
        ),
        Visit(ago=17, decision="accept", reason="Good form at the visit.", keys=("sit",)),
        Visit(
            ago=10,
            decision="modify",
            reason="Ready for more, but one repetition is enough this week.",
            keys=("heel",),
            dose={"reps": 11},
        ),
    ),
    phases=(
        Phase(start_ago=45, attend=0.85, finish=0.85, during=(4, 3), morning=(5, 4), stiffness=(40, 25), effort=(8,)),
        Phase(start_ago=30, attend=0.95, during=(3, 2), morning=(4, 3), noise=0.3, stiffness=(25, 15), effort=(6, 8)),
        Phase(start_ago=9, attend=1, finish=1, during=(2, 1), morning=(2, 1), noise=0, answers=1, stiffness=(15, 10)),
        Phase(start_ago=0, attend=0, excuse=0, answers=0),
    ),
    happenings=(
        Happening(ago=24, what="message", args={"text": "May I do the exercises before physical therapy on Thursday?"}),
    ),
)

_EVELYN = Story(
    name="Evelyn Brooks",
    age=72,
    therapist=0,
    problem="Left knee replacement",
    region="knee",
    flags=("hypertension_isometric",),
    accepted_because="Blood pressure is controlled; breathing out with every squeeze was practiced.",
    equipment=("chair", "towel", "strap", "bed"),
    start_ago=18,
    hour=10,
    aims=(
        Aim(text="Climb the stairs to my bedroom", measure="Steps climbed", unit="steps", baseline="0", target="13"),
        Aim(
            text="Bend the knee enough to sit in the car",
            intent=Intent.CAPACITY,
            measure="Knee flexion",
            unit="°",
            baseline="70",
            target="110",
        ),
    ),
    plan=(
        Rx(key="quad", exercise="kn-quad-set", side=Side.LEFT, times=3, minimum=True),
        Rx(key="slide", exercise="kn-heel-slide", goal=1, side=Side.LEFT, times=3),
        Rx(key="pumps", exercise="an-pumps", goal=0, times=3),
    ),
    revisions=(
        Revision(
            ago=8,
            reason="Ready to lift the leg; the squeezes go down to twice a day.",
            drop=("pumps",),
            add=(Rx(key="saq", exercise="kn-saq", side=Side.LEFT, dose={"sets": 2, "reps": 8}, times=1),),
        ),
    ),
    phases=(
        Phase(start_ago=18, attend=0.9, during=(4, 3), morning=(4, 3), stiffness=(45, 35), effort=(8,)),
        Phase(start_ago=2, attend=0.9, during=(4, 4), morning=(4, 5), stiffness=(45, 60), effort=(8,)),
        Phase(start_ago=0, attend=0, excuse=0, morning=(5, 5), stiffness=(60, 60)),
    ),
    happenings=(
        Happening(ago=1, what="red_flag", args={"sign": "calf_hot_swollen", "hour": 20.0}),
        Happening(
            ago=1,
            what="message",
            args={"text": "My calf is hot and swollen since supper. I called the number.", "hour": 20.3},
        ),
    ),
)

_GEORGE = Story(
    name="George Papadopoulos",
    age=75,
    therapist=1,
    problem="Left knee replacement, month 3",
    region="knee",
    equipment=("step", "counter", "chair", "ankle_weight"),
    start_ago=70,
    hour=16,
    aims=(
        Aim(
            text="Go down the subway stairs step over step", measure="Flights", unit="flights", baseline="0", target="2"
        ),
    ),
    plan=(
        Rx(key="laq", exercise="kn-laq", side=Side.LEFT, dose={"sets": 1, "reps": 8, "load": kilos("1")}, until_ago=1),
        Rx(key="squat", exercise="kn-mini-squat", dose={"sets": 2, "reps": 8}, until_ago=1, minimum=True),
    ),
    revisions=(
        Revision(
            ago=35,
            reason="Squats are easy now: steps train what the stairs ask for.",
            add=(Rx(key="step", exercise="kn-step-up", side=Side.LEFT, dose={"sets": 2, "reps": 8}, until_ago=1),),
            drop=("laq",),
        ),
    ),
    visits=(
        Visit(ago=55, decision="accept", reason="Strong and calm.", keys=("squat",)),
        Visit(ago=41, decision="accept", reason="Every set complete.", keys=("squat",)),
        Visit(ago=21, decision="accept", reason="Stairs at home go well.", keys=("step",)),
        Visit(ago=1, decision="decline", reason="The program ends today; the gym takes over.", keys=("squat", "step")),
    ),
    phases=(
        Phase(start_ago=70, during=(3, 1), morning=(2, 1), effort=(6, 8)),
        Phase(start_ago=30, attend=1, finish=1, during=(1, 0), morning=(1, 0), effort=(6,)),
    ),
)

_GRACE = Story(
    name="Grace Mbeki",
    age=58,
    therapist=1,
    problem="Knee osteoarthritis, both sides",
    region="knee",
    zone="America/Chicago",
    equipment=("chair", "counter", "step"),
    start_ago=52,
    hour=17,
    sync_every=2,
    aims=(
        Aim(
            text="Dance for a whole song at my niece's wedding", measure="Dancing", unit="min", baseline="1", target="4"
        ),
    ),
    plan=(
        Rx(key="sit", exercise="fn-sit-to-stand", dose={"sets": 1, "reps": 8}, minimum=True),
        Rx(key="step", exercise="kn-step-up", side=Side.BOTH, dose={"sets": 2, "reps": 8}, weekdays=(2, 4, 6)),
        Rx(key="walk", exercise="fn-walking", dose={"duration_s": 600}, weekdays=(1, 2, 3, 4, 5)),
    ),
    visits=(
        Visit(ago=36, decision="accept", reason="Knees stay calm.", keys=("sit", "walk")),
        Visit(ago=20, decision="accept", reason="Ready, says the diary and so does she.", keys=("step", "walk")),
        Visit(ago=5, decision="accept", reason="One step before the holiday.", keys=("step", "walk")),
        Visit(ago=3, decision="decline", reason="After the holiday.", keys=("sit", "step", "walk")),
    ),
    phases=(
        Phase(start_ago=52, attend=0.9, during=(3, 2), morning=(3, 2), stiffness=(20, 15)),
        Phase(start_ago=20, attend=0.95, during=(2, 1), morning=(2, 1), stiffness=(15, 10), effort=(6,)),
    ),
    happenings=(
        Happening(ago=38, what="pause", args={"until_ago": 35, "reason": SkipReason.UNWELL}),
        Happening(ago=4, what="pause", args={"until_ago": -5, "reason": SkipReason.AWAY}),
        Happening(ago=4, what="message", args={"text": "Off to Lagos for the wedding. Back in ten days!"}),
    ),
)

_ROBERT = Story(
    name="Robert Kowalski",
    age=67,
    therapist=2,
    problem="Right hip weakness after bursitis",
    region="hip",
    equipment=("mat", "counter", "loop_band"),
    start_ago=63,
    hour=18,
    aims=(
        Aim(text="Walk the dog round the lake, 40 minutes", measure="Walking", unit="min", baseline="15", target="40"),
    ),
    plan=(
        Rx(
            key="clam",
            exercise="hip-clamshell",
            side=Side.RIGHT,
            dose={"sets": 2, "reps": 10},
            per_week=3,
            minimum=True,
        ),
        Rx(key="bridge", exercise="hip-bridge", dose={"sets": 2, "reps": 8}, per_week=3),
    ),
    revisions=(
        Revision(
            ago=25,
            reason="Clamshells are mastered: the same muscle, now against the weight of the leg.",
            drop=("clam",),
            add=(
                Rx(key="lift", exercise="hip-sidelying-abd", side=Side.RIGHT, dose={"sets": 2, "reps": 8}, per_week=3),
            ),
        ),
    ),
    visits=(
        Visit(ago=44, decision="accept", reason="Full sets, no pain next day.", keys=("bridge", "clam")),
        Visit(ago=12, decision="accept", reason="Lake walk is at 30 minutes.", keys=("bridge", "lift")),
    ),
    phases=(
        Phase(start_ago=63, attend=0.9, during=(3, 1), morning=(2, 1)),
        Phase(start_ago=20, attend=1, finish=1, during=(1, 1), morning=(1, 1), noise=0.3, effort=(6,)),
        NOT_YET_TODAY,
    ),
)

KNEES = (_MARIA, _EVELYN, _GEORGE, _GRACE, _ROBERT)
