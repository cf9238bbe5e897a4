"""Shoulders and elbows: cuffs with and without repair, a stiff shoulder, three tennis elbows."""

from hep.facts import SkipReason
from hep.records import Intent, Side
from server.demo.story import NOT_YET_TODAY, Aim, Happening, Phase, Revision, Rx, Story, Visit, band, kilos, pounds

_JAMES = Story(
    name="James Okafor",
    age=47,
    therapist=0,
    problem="Right rotator cuff pain",
    region="shoulder",
    equipment=("dumbbell", "band", "towel", "2 lb", "3 lb", "4 lb", "5 lb", "red band", "green band"),
    start_ago=39,
    hour=18,
    visitor=True,
    phone_name="old phone",
    next_visit_in=5,
    aims=(
        Aim(
            text="Lift the toolbox onto the van's shelf",
            measure="Weight lifted to shoulder height",
            unit="lb",
            baseline="5",
            target="20",
        ),
        Aim(text="Sleep on my right side again"),
    ),
    plan=(
        Rx(key="iso", exercise="sh-er-isometric", side=Side.RIGHT, dose={"reps": 4, "hold_s": 20}, minimum=True),
        Rx(key="row", exercise="sh-band-row", dose={"sets": 2, "reps": 10, "load": band("red")}, from_today=(0, 2, 4)),
        Rx(key="cross", exercise="sh-crossbody-stretch", goal=1, side=Side.RIGHT, dose={"sets": 2, "hold_s": 20}),
    ),
    revisions=(
        Revision(
            ago=28,
            reason="The shoulder is calm enough for weight: 2 lb, lying on the left side.",
            drop=("iso",),
            add=(
                Rx(
                    key="side",
                    exercise="sh-sidelying-er",
                    side=Side.RIGHT,
                    dose={"sets": 3, "reps": 10, "reps_max": 12, "load": pounds("2")},
                    from_today=(0, 2, 4),
                    minimum=True,
                    note="Towel roll between elbow and ribs. Slow on the way down.",
                ),
            ),
        ),
    ),
    visits=(
        Visit(ago=21, decision="accept", reason="Clean repetitions, quiet nights.", keys=("side", "row")),
        Visit(ago=14, decision="accept", reason="Top of the range without pain: 3 lb it is.", keys=("side", "cross")),
        Visit(
            ago=9,
            decision="decline",
            reason="Stay one more week at this band, the new weight is enough.",
            keys=("row",),
        ),
    ),
    phases=(
        Phase(start_ago=39, attend=0.9, during=(4, 3), morning=(3, 3), stiffness=(15, 10), effort=(8,)),
        Phase(start_ago=27, attend=0.97, during=(3, 2), morning=(2, 2), noise=0.3, effort=(6, 8)),
        Phase(start_ago=10, attend=1, finish=1, during=(2, 1), morning=(1, 1), noise=0, answers=1, effort=(6,)),
        Phase(start_ago=0, attend=0, excuse=0, answers=0),
    ),
)

_HANNAH = Story(
    name="Hannah Lindqvist",
    age=38,
    therapist=0,
    problem="Right rotator cuff repair",
    region="shoulder",
    flags=("shoulder_postop",),
    accepted_because="Within the surgeon's protocol for this week; range limits practiced at the visit.",
    equipment=("table", "towel", "stick", "wall", "band"),
    start_ago=56,
    hour=15,
    aims=(
        Aim(text="Lift my son out of his cot", measure="Weight lifted", unit="kg", baseline="0", target="11"),
        Aim(
            text="Reach the top shelf",
            intent=Intent.CAPACITY,
            measure="Shoulder flexion",
            unit="°",
            baseline="80",
            target="160",
        ),
    ),
    plan=(
        Rx(key="pendulum", exercise="sh-pendulum", goal=1, side=Side.RIGHT, times=2, minimum=True),
        Rx(key="table", exercise="sh-table-slide", goal=1, side=Side.RIGHT, times=2),
    ),
    revisions=(
        Revision(
            ago=35,
            reason="Week 8 after surgery: the arm may now be raised with the stick.",
            drop=("pendulum",),
            add=(Rx(key="cane", exercise="sh-cane-flexion", goal=1, times=1),),
        ),
        Revision(
            ago=14,
            reason="Active movement is allowed from today.",
            drop=("table",),
            add=(
                Rx(key="wall", exercise="sh-wall-slide", goal=1, dose={"sets": 2, "reps": 8}, from_today=(0, 2, 4, 5)),
            ),
        ),
    ),
    visits=(
        Visit(ago=6, decision="accept", reason="Smooth, no hitching.", keys=("wall",)),
        Visit(ago=4, decision="decline", reason="The stick stays until the surgeon's visit.", keys=("cane",)),
    ),
    phases=(
        Phase(start_ago=56, attend=0.95, during=(4, 2), morning=(3, 2)),
        Phase(start_ago=14, attend=1, finish=1, during=(2, 1), morning=(1, 1), noise=0.2, effort=(6,)),
        NOT_YET_TODAY,
    ),
)

_LAN = Story(
    name="Nguyễn Thị Lan",
    age=55,
    therapist=1,
    problem="Left rotator cuff pain",
    region="shoulder",
    zone="America/Los_Angeles",
    equipment=("band", "towel", "wall"),
    start_ago=42,
    hour=19,
    aims=(
        Aim(text="Hang the washing without stopping", measure="Washing hung", unit="min", baseline="2", target="10"),
    ),
    plan=(
        Rx(
            key="er",
            exercise="sh-band-er",
            side=Side.LEFT,
            dose={"sets": 2, "reps": 10, "load": band("yellow")},
            from_today=(1, 3, 5),
            minimum=True,
        ),
        Rx(key="push", exercise="sh-wall-pushup", dose={"sets": 2, "reps": 8}, from_today=(0, 2, 4)),
    ),
    visits=(
        Visit(ago=30, decision="accept", reason="Yellow band is light for her.", keys=("er",)),
        Visit(ago=18, decision="accept", reason="Even effort on both exercises.", keys=("er", "push")),
    ),
    phases=(
        Phase(start_ago=42, attend=0.95, during=(3, 2), morning=(2, 2), effort=(8, 6)),
        Phase(start_ago=16, attend=1, finish=1, during=(2, 1), morning=(2, 1), noise=0.2),
        Phase(start_ago=7, attend=1, finish=1, during=(1, 1), answers=0),
    ),
)

_OLGA = Story(
    name="Olga Petrova",
    age=63,
    therapist=2,
    problem="Left frozen shoulder",
    region="shoulder",
    equipment=("table", "towel", "stick", "doorway"),
    start_ago=60,
    hour=15,
    sync_every=3,
    phone_name="Android tablet",
    aims=(Aim(text="Fasten my apron behind my back", intent=Intent.FUNCTION),),
    plan=(
        Rx(key="table", exercise="sh-table-slide", side=Side.LEFT, times=1, minimum=True),
        Rx(key="cane", exercise="sh-cane-er", side=Side.LEFT, times=1),
    ),
    revisions=(
        Revision(
            ago=30,
            reason="Outward rotation reaches 30°: a longer stretch in the doorway takes over.",
            drop=("cane",),
            add=(Rx(key="door", exercise="sh-doorway-pec", dose={"sets": 2, "hold_s": 20}),),
        ),
    ),
    visits=(
        Visit(ago=15, decision="accept", reason="Stretch is comfortable.", keys=("door",)),
        Visit(ago=3, decision="decline", reason="This hold is long enough.", keys=("door",)),
        Visit(ago=1, decision="accept", reason="The table has become too easy.", keys=("table",)),
    ),
    phases=(
        Phase(start_ago=60, attend=0.85, during=(4, 3), morning=(3, 3), stiffness=(40, 30), live=0.3, backfill=0.5),
        Phase(start_ago=25, attend=0.9, during=(3, 2), morning=(3, 2), stiffness=(30, 20), live=0.3, backfill=0.6),
    ),
)

_PRIYA = Story(
    name="Priya Raman",
    age=33,
    therapist=1,
    problem="Right tennis elbow",
    region="elbow_wrist_hand",
    equipment=("dumbbell", "table"),
    start_ago=49,
    hour=20,
    aims=(Aim(text="Type for a morning without pain", measure="Typing", unit="min", baseline="20", target="120"),),
    plan=(
        Rx(key="iso", exercise="el-wrist-ext-isometric", side=Side.RIGHT, minimum=True, dose={"reps": 4, "hold_s": 30}),
        Rx(
            key="lower",
            exercise="el-wrist-ext-eccentric",
            side=Side.RIGHT,
            dose={"sets": 3, "reps": 12, "load": kilos("1")},
            weekdays=(1, 3, 5),
        ),
    ),
    revisions=(
        Revision(ago=40, reason="One kilogram was too light at the visit.", dose={"lower": {"load": kilos("1.5")}}),
    ),
    phases=(Phase(start_ago=49, attend=0.9, during=(4, 4), morning=(3, 3), noise=0.3, effort=(8,)),),
)

_AISHA = Story(
    name="Aisha Bello",
    age=35,
    therapist=2,
    problem="Left tennis elbow",
    region="elbow_wrist_hand",
    equipment=("dumbbell", "table"),
    start_ago=34,
    hour=7,
    phone_name="Galaxy A54 (lost)",
    aims=(Aim(text="Carry my daughter up the stairs", measure="Flights", unit="flights", baseline="0", target="1"),),
    plan=(
        Rx(key="iso", exercise="el-wrist-ext-isometric", side=Side.LEFT, minimum=True),
        Rx(key="stretch", exercise="el-wrist-ext-stretch", side=Side.LEFT, times=1, dose={"sets": 2, "hold_s": 20}),
    ),
    revisions=(
        Revision(
            ago=15,
            reason="Squeezing is easy: now slow lowering with a light weight.",
            drop=("iso",),
            add=(
                Rx(
                    key="lower",
                    exercise="el-wrist-ext-eccentric",
                    side=Side.LEFT,
                    dose={"sets": 2, "reps": 12, "load": pounds("1")},
                    weekdays=(2, 4, 6),
                ),
            ),
        ),
    ),
    visits=(Visit(ago=24, decision="accept", reason="Holds are steady.", keys=("stretch",)),),
    phases=(
        Phase(start_ago=34, attend=0.9, during=(3, 2), morning=(2, 2)),
        Phase(start_ago=14, attend=0.95, during=(2, 2), morning=(2, 1)),
    ),
    happenings=(Happening(ago=2, what="lose_phone", args={"phone_name": "Galaxy A55"}),),
)

_INGRID = Story(
    name="Ingrid Solberg",
    age=49,
    therapist=1,
    problem="Right tennis elbow",
    region="elbow_wrist_hand",
    zone="America/Denver",
    equipment=("dumbbell", "hammer"),
    start_ago=66,
    hour=16,
    sync_every=2,
    aims=(Aim(text="Two sets of doubles on Saturday", measure="Tennis", unit="sets", baseline="0", target="2"),),
    plan=(
        Rx(
            key="lower",
            exercise="el-wrist-ext-eccentric",
            side=Side.RIGHT,
            dose={"sets": 2, "reps": 12, "load": kilos("1")},
            weekdays=(1, 3, 5),
            minimum=True,
        ),
        Rx(
            key="hammer",
            exercise="wr-pronation-supination",
            side=Side.RIGHT,
            weekdays=(2, 4, 6),
            dose={"sets": 2, "reps": 12},
        ),
    ),
    visits=(
        Visit(ago=52, decision="accept", reason="Tendon is quiet the next morning.", keys=("lower",)),
        Visit(ago=40, decision="accept", reason="As planned.", keys=("hammer",)),
        Visit(
            ago=28,
            decision="modify",
            reason="Half the step: the backhand returns this week.",
            keys=("lower",),
            dose={"reps": 17},
        ),
        Visit(ago=13, decision="accept", reason="Back on court, elbow calm.", keys=("lower",)),
        Visit(ago=2, decision="accept", reason="Last steps before the season.", keys=("lower", "hammer")),
    ),
    phases=(
        Phase(start_ago=66, attend=0.95, during=(3, 2), morning=(2, 1), reasons=(SkipReason.NO_TIME, SkipReason.AWAY)),
        Phase(start_ago=30, attend=0.97, during=(2, 1), morning=(1, 1), noise=0.1, effort=(6,)),
    ),
)

ARMS = (_JAMES, _HANNAH, _LAN, _OLGA, _PRIYA, _AISHA, _INGRID)
