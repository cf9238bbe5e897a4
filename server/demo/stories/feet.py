"""Ankles and Achilles tendons: too much, unread news, a flare, and effort at the limit."""

from hep.facts import SkipReason
from hep.records import Side
from server.demo.story import Aim, Happening, Phase, Revision, Rx, Story, Visit, band, kilos

_TYLER = Story(
    name="Tyler Jensen",
    age=16,
    therapist=2,
    problem="Left ankle sprain",
    region="ankle_foot",
    equipment=("band", "counter", "wall"),
    start_ago=33,
    hour=16,
    aims=(Aim(text="Play the whole game on the wing", measure="Playing", unit="min", baseline="0", target="60"),),
    plan=(
        Rx(key="alphabet", exercise="an-alphabet", side=Side.LEFT, times=2),
        Rx(
            key="evert",
            exercise="an-band-ev",
            side=Side.LEFT,
            dose={"sets": 2, "reps": 10, "load": band("red")},
            weekdays=(1, 3, 5),
            minimum=True,
        ),
    ),
    revisions=(
        Revision(
            ago=19,
            reason="Swelling is down, so standing work begins.",
            drop=("alphabet",),
            add=(
                Rx(key="heel", exercise="an-heel-raise", dose={"sets": 2, "reps": 10}, weekdays=(2, 4, 6)),
                Rx(
                    key="single",
                    exercise="bal-single-leg",
                    side=Side.LEFT,
                    dose={"sets": 2},
                    times=1,
                    weekdays=(1, 2, 3, 4, 5, 6, 7),
                ),
            ),
        ),
    ),
    visits=(
        Visit(ago=22, decision="accept", reason="Band is light for him.", keys=("evert",)),
        Visit(
            ago=10,
            decision="decline",
            reason="He already does more than planned; same dose, planned days only.",
            keys=("evert", "heel"),
        ),
    ),
    phases=(
        Phase(start_ago=33, attend=0.95, during=(3, 2), morning=(2, 1), extra=0.1, effort=(6,)),
        Phase(start_ago=16, attend=1, during=(2, 2), morning=(2, 2), noise=0.2, extra=0.7, effort=(9,)),
    ),
    happenings=(Happening(ago=2, what="message", args={"text": "Feels great, did it twice again. Can I jump now?"}),),
)

_LIAM = Story(
    name="Liam O'Connor",
    age=23,
    therapist=1,
    problem="Right ankle sprain",
    region="ankle_foot",
    zone="Europe/Dublin",
    equipment=("band", "counter", "wall"),
    start_ago=37,
    hour=19,
    silent_from=3,
    aims=(Aim(text="Run the 5 km loop at home", measure="Running", unit="km", baseline="0", target="5"),),
    plan=(
        Rx(
            key="evert",
            exercise="an-band-ev",
            side=Side.RIGHT,
            dose={"sets": 2, "reps": 10, "load": band("green")},
            weekdays=(1, 3, 5),
            minimum=True,
        ),
        Rx(key="calf", exercise="an-gastroc-stretch", side=Side.RIGHT, times=1, dose={"sets": 2, "hold_s": 20}),
    ),
    revisions=(
        Revision(
            ago=18,
            reason="Walking is free of pain: add one-leg balance.",
            add=(Rx(key="single", exercise="bal-single-leg", side=Side.RIGHT, dose={"sets": 2}, weekdays=(2, 4, 6)),),
        ),
        Revision(ago=4, reason="Balance is steady: longer holds.", dose={"single": {"hold_s": 20}}),
    ),
    visits=(
        Visit(ago=26, decision="accept", reason="Ready.", keys=("evert", "calf")),
        Visit(ago=15, decision="accept", reason="Still easy.", keys=("evert",)),
        Visit(ago=4, decision="decline", reason="One change at a time: balance first.", keys=("evert", "calf")),
    ),
    phases=(
        Phase(start_ago=37, attend=0.65, during=(2, 1), morning=(2, 1), effort=(6,)),
        Phase(start_ago=12, attend=1, finish=1, during=(1, 1), morning=(1, 1), effort=(6,)),
    ),
)

_AHMED = Story(
    name="Ahmed Haddad",
    age=52,
    therapist=0,
    problem="Left Achilles tendon pain",
    region="ankle_foot",
    equipment=("counter", "step"),
    start_ago=50,
    hour=18,
    aims=(Aim(text="Referee a full match", measure="Running", unit="min", baseline="20", target="90"),),
    plan=(
        Rx(key="heel", exercise="an-heel-raise", dose={"sets": 2, "reps": 10}, weekdays=(1, 3, 5), minimum=True),
        Rx(key="soleus", exercise="an-soleus-stretch", side=Side.LEFT, times=1, dose={"sets": 2, "hold_s": 20}),
    ),
    revisions=(
        Revision(
            ago=20,
            reason="The tendon tolerates two legs: now one, every other day.",
            drop=("heel",),
            add=(
                Rx(
                    key="single",
                    exercise="an-heel-raise-single",
                    side=Side.LEFT,
                    dose={"sets": 3, "reps": 6},
                    from_today=(1, 3, 5),
                    minimum=True,
                ),
            ),
        ),
    ),
    visits=(
        Visit(ago=38, decision="accept", reason="Morning stiffness is down to ten minutes.", keys=("heel",)),
        Visit(ago=27, decision="accept", reason="Again two good sessions.", keys=("heel",)),
    ),
    phases=(
        Phase(start_ago=50, attend=0.95, during=(3, 2), morning=(3, 2), stiffness=(30, 10), noise=0.4),
        Phase(start_ago=20, attend=0.95, during=(3, 3), morning=(2, 2), stiffness=(10, 15), noise=0.2),
        Phase(
            start_ago=6,
            attend=1,
            finish=0.9,
            during=(6.0, 7.0),
            after=(6, 6),
            morning=(5, 6),
            noise=0,
            stiffness=(35, 50),
            effort=(9,),
            answers=1,
        ),
    ),
    happenings=(Happening(ago=7, what="message", args={"text": "Played a whole match yesterday, could not resist."}),),
)

_NOAH = Story(
    name="Noah Fischer",
    age=19,
    therapist=2,
    problem="Right Achilles tendon pain",
    region="ankle_foot",
    zone="Europe/Berlin",
    equipment=("step", "counter", "weight"),
    start_ago=55,
    hour=18,
    sync_every=2,
    aims=(Aim(text="Run 10 km with the university team", measure="Running", unit="km", baseline="2", target="10"),),
    plan=(
        Rx(
            key="drop",
            exercise="an-heel-drop",
            side=Side.RIGHT,
            dose={"sets": 3, "reps": 12, "reps_max": 16},
            times=1,
            from_today=(1, 3, 5),
            minimum=True,
        ),
        Rx(key="soleus", exercise="an-soleus-stretch", side=Side.RIGHT, times=1, dose={"sets": 2, "hold_s": 20}),
    ),
    visits=(
        Visit(ago=44, decision="accept", reason="Tendon answers well.", keys=("drop",)),
        Visit(ago=34, decision="accept", reason="Steady mornings.", keys=("drop", "soleus")),
    ),
    revisions=(
        Revision(
            ago=24, reason="Body weight is easy: a backpack of 4 kg.", dose={"drop": {"load": kilos("4"), "reps": 12}}
        ),
    ),
    phases=(
        Phase(start_ago=55, attend=0.93, during=(3, 2), morning=(2, 2), noise=0.3, effort=(8, 6)),
        Phase(start_ago=24, attend=0.95, during=(3, 3), morning=(2, 2), noise=0.1, effort=(8,)),
        Phase(start_ago=9, attend=1, finish=1, during=(3, 3), morning=(2, 2), noise=0, effort=(9,)),
    ),
)

_HALE = Story(
    name="Dorothy Hale",
    age=84,
    therapist=2,
    problem="Falls prevention",
    region="balance_vestibular",
    flags=("falls_risk", "osteoporosis"),
    accepted_because="Done at the kitchen counter with her daughter beside her.",
    equipment=("counter", "chair"),
    start_ago=62,
    hour=14,
    caregiver="Susan Hale (daughter)",
    phone_name="Susan's phone",
    aims=(Aim(text="Fetch the mail by myself", measure="Walking outdoors", unit="min", baseline="2", target="10"),),
    plan=(
        Rx(key="shift", exercise="bal-weight-shift", dose={"sets": 1}, weekdays=(1, 3, 5), minimum=True),
        Rx(key="sit", exercise="fn-sit-to-stand", dose={"sets": 1, "reps": 8}, weekdays=(2, 4, 6)),
    ),
    revisions=(
        Revision(
            ago=34,
            reason="Weight shifts are steady: feet together, one hand on the counter.",
            drop=("shift",),
            add=(Rx(key="together", exercise="bal-feet-together", dose={"sets": 2, "hold_s": 20}, weekdays=(1, 3, 5)),),
        ),
    ),
    visits=(
        Visit(ago=48, decision="accept", reason="Stands up evenly.", keys=("sit",)),
        Visit(
            ago=20,
            decision="decline",
            reason="Keep the hand on the counter until I have seen it at a visit.",
            keys=("together",),
        ),
        Visit(ago=10, decision="accept", reason="Safe with two sets.", keys=("sit",)),
        Visit(
            ago=2, decision="decline", reason="The hand stays on the counter until I have seen it.", keys=("together",)
        ),
    ),
    phases=(
        Phase(start_ago=62, attend=0.9, during=(1, 1), morning=(2, 1), live=0.5, wobble=0.05, effort=(8,)),
        Phase(start_ago=30, attend=0.95, during=(1, 1), morning=(1, 1), live=0.5, wobble=0.02, effort=(6, 8)),
    ),
)

_GREEN = Story(
    name="Samuel Green",
    age=70,
    therapist=1,
    problem="Falls prevention after a stumble",
    region="balance_vestibular",
    flags=("falls_risk",),
    accepted_because="Counter within reach, practiced twice in the clinic.",
    equipment=("counter", "chair", "ankle_weight"),
    start_ago=48,
    hour=15,
    aims=(Aim(text="Get on and off the bus without fear"),),
    plan=(
        Rx(key="tandem", exercise="bal-tandem-stance", dose={"sets": 2}, weekdays=(1, 3, 5), minimum=True),
        Rx(
            key="abd",
            exercise="hip-standing-abd",
            side=Side.BOTH,
            dose={"sets": 1, "reps": 8, "load": kilos("1")},
            weekdays=(2, 4, 6),
        ),
    ),
    visits=(
        Visit(ago=31, decision="accept", reason="Strong and steady.", keys=("abd",)),
        Visit(ago=16, decision="accept", reason="No loss of balance in two weeks.", keys=("abd", "tandem")),
    ),
    phases=(
        Phase(start_ago=48, attend=0.9, during=(1, 1), morning=(1, 1), effort=(6, 8)),
        Phase(start_ago=20, attend=0.95, during=(1, 0), morning=(1, 0), reasons=(SkipReason.FORGOT,), effort=(6,)),
    ),
    happenings=(
        Happening(ago=19, what="correct_set", args={"less": 2}),
        Happening(ago=12, what="retract_double", args={}),
        Happening(ago=3, what="correct_set", args={"less": 1}),
    ),
)

FEET = (_TYLER, _LIAM, _AHMED, _NOAH, _HALE, _GREEN)
