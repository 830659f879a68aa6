"""The outlines of the five real reports."""

import pytest

from corpus.model import Report

pytestmark = pytest.mark.reports

COLLECTION = "nhs-providers-2021-collaborating-for-better-care"
BRADFORD = "nhs-providers-2021-bradford-district-and-craven"
FINANCE = "nhs-confederation-2020-financial-reform-in-bradford"
THEMES = "nhs-confederation-2022-provider-collaboration"
MUST_KNOW = "lga-2021-must-know-integrated-health-and-care"

CASE_STUDIES = [
    "South London Mental Health and Community Partnership",
    "West Yorkshire and Harrogate MHLDA Provider Collaborative",
    "Greater Manchester Provider Federation Board",
    "Acute Hospitals Alliance",
    "Dorset Integrated Care System",
    "Sussex Integrated Care System",
    "North West London Integrated Care System",
    "Modality Partnership",
    "Bradford District and Craven Integrated Care Partnership",
    "Surrey Downs Integrated Care Partnership",
    "Yorkshire Ambulance Service NHS Trust",
    "West Midlands Ambulance Service University NHS Foundation Trust",
    "Somerset Integrated Care System",
    "The Foundation Group",
]

OPENINGS_OF_HEADINGS = [
    "Provider collaboration within the South London",
    "West Yorkshire Mental Health, Learning Disability and Autism",
    "Horizontal acute provider collaboration in the Greater Manchester",
    "Horizontal acute collaboration between acute trusts in",
    "Cross-system provider collaboration across the Dorset ICS",
    "Community provider and primary care collaboration across",
    "Community provider and primary care collaboration across",
    "Collaboration between at-scale primary care and secondary",
    "Vertical integration at place level in Bradford",
    "Vertical integration at place level within the",
    "Collaboration from the perspective of Yorkshire Ambulance",
    "Collaboration from the perspective of West Midlands",
    "Vertical collaboration between trusts in the Somerset",
    "Horizontal collaboration of trusts across Herefordshire and",
]


def first_words(heading: str, count: int) -> str:
    return " ".join(heading.split()[:count])


def sections_of(report: Report, case_study: int | None) -> list[str]:
    return [s.heading for s in report.sections if s.case_study == case_study]


def test_the_collection_names_its_case_studies_as_its_contents_list_does(real_reports: dict[str, Report]) -> None:
    found = real_reports[COLLECTION].case_studies
    assert [c.name for c in found] == CASE_STUDIES
    assert [
        " ".join(c.heading.split()[: len(o.split())]) for c, o in zip(found, OPENINGS_OF_HEADINGS, strict=True)
    ] == (OPENINGS_OF_HEADINGS)


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        pytest.param(
            "South London Mental Health and Community Partnership",
            [
                "Partners involved in this provider collaborative",
                "Background",
                "Setting up the partnership",
                "The impact of the partnership so far",
                "Sharing lessons learned",
                "Challenges",
                "Next steps",
                "National policy to support provider collaboration",
            ],
            id="south-london",
        ),
        pytest.param(
            "Acute Hospitals Alliance",
            [
                "Partners involved in this provider collaborative",
                "Setting up the collaborative",
                "Building personal relationships",
                "The case for change",
                "Challenges",
                "Next steps",
                "Partnerships and population health",
            ],
            id="acute-hospitals",
        ),
        pytest.param(
            "West Midlands Ambulance Service University NHS Foundation Trust",
            [
                "Partners involved in this provider collaboration",
                "Background",
                "The impact of COVID-19",
                "The context for ambulance services",
                "The case for change",
                "Sharing lessons learned",
                "Next steps",
                "National policy to support provider collaboratives",
            ],
            id="west-midlands",
        ),
        pytest.param(
            "The Foundation Group",
            [
                "Partners involved in this provider collaborative",
                "Setting up the collaborative",
                "The case for change",
                "Challenges",
                "The impact of COVID-19",
                "Working with partners to improve population health",
                "Sharing lessons learned",
                "National policy to support collaboration across providers",
            ],
            id="foundation-group",
        ),
    ],
)
def test_a_case_study_of_the_collection_has_its_sections(
    real_reports: dict[str, Report], name: str, sections: list[str]
) -> None:
    found = sections_of(real_reports[COLLECTION], CASE_STUDIES.index(name))
    assert [first_words(heading, 7) for heading in found] == [first_words(heading, 7) for heading in sections]


def test_every_case_study_of_the_collection_has_text_in_each_section(real_reports: dict[str, Report]) -> None:
    report = real_reports[COLLECTION]
    held = {p.section for p in report.passages}
    assert [s.heading for s in report.sections if s.case_study is not None and s.index not in held] == []
    assert [len(sections_of(report, n)) for n in range(14)] == [8, 6, 7, 7, 8, 9, 8, 7, 8, 8, 8, 8, 8, 8]


def test_parts_of_the_collection_outside_its_case_studies_belong_to_the_report(
    real_reports: dict[str, Report],
) -> None:
    report = real_reports[COLLECTION]
    outside = [s for s in report.sections if s.case_study is None]
    assert [s.heading for s in outside if s.parent is None] == [
        "Foreword",
        "Introduction",
        "The view from Bill McCarthy",
        "Key to groupings",
        "Conclusion",
        "End matter",
    ]
    assert [s.heading for s in outside if report.section_path(s.index)[0] == "Introduction"] == [
        "Introduction",
        "Understanding the national policy context",
        "The context",
        "National policy developments",
        "What does provider collaboration mean?",
        "State of play in the provider sector",
        "The case for change",
        "Enablers and barriers to collaboration",
        "Enablers",
        "Barriers",
        "What are the next steps for provider collaboration?",
    ]


def test_partners_are_read_from_their_lists(real_reports: dict[str, Report]) -> None:
    cases = real_reports[COLLECTION].case_studies
    assert [len(c.partners) for c in cases] == [3, 4, 13, 4, 8, 8, 4, 7, 9, 9, 4, 7, 4, 3]
    assert cases[13].partners[:2] == ("South Warwickshire NHS Foundation Trust", "Wye Valley NHS Trust")


def test_the_article_is_one_case_study(real_reports: dict[str, Report]) -> None:
    report = real_reports[BRADFORD]
    assert [c.name for c in report.case_studies] == ["Bradford District and Craven Integrated Care Partnership"]
    assert report.case_studies[0].partners == (
        "Airedale NHS Foundation Trust",
        "Bradford Care Alliance Community Interest Company",
        "Bradford Care Association",
        "Bradford District Care NHS Foundation Trust",
        "Bradford District Voluntary and Community Sector Assembly",
        "Bradford Teaching Hospitals NHS Foundation Trust",
        "City of Bradford Metropolitan District Council",
        "NHS Bradford District and Craven CCG",
        "Primary care providers",
    )
    assert [(s.heading, s.case_study) for s in report.sections] == [
        ("Partners involved in this vertical integration", 0),
        ("Background", 0),
        ("Setting up the collaboration", 0),
        ("The impact of COVID-19", 0),
        ("The case for change", 0),
        ("Sharing lessons learned", 0),
        ("Next steps", 0),
        ("National policy to support provider collaborations", 0),
    ]


def test_markdown_headings_nest(real_reports: dict[str, Report]) -> None:
    report = real_reports[FINANCE]
    assert [c.name for c in report.case_studies] == ["Financial reform as an enabler of change in Bradford"]
    paths = [report.section_path(s.index) for s in report.sections]
    about = report.sections[4].heading
    assert first_words(about, 5) == "About Bradford District and Craven"
    assert paths[:12] == [
        ("What is the Integrated Care Systems Network?",),
        ("About the NHS Confederation",),
        ("Key points",),
        ("Introduction",),
        (about,),
        (about, "Fact file"),
        (about, "Fact file", "Geography and demographics"),
        (about, "Fact file", "The health and care system"),
        (about, "Fact file", "Integrated care partnership partners"),
        (about, "Building the partnership"),
        (about, "Building the partnership", "What is a fixed-income contract?"),
        (about, "Closing the financial gap"),
    ]
    assert [path[-1] for path in paths if path[0] == "Initial progress, early insights"] == [
        "Initial progress, early insights",
        "A process of discovery",
        "Best use of the public pound",
        "Changing behaviours",
        "One version of the truth",
        "Trust",
    ]
    assert sum(path[0] == "Lessons learned" for path in paths) == 5
    assert {s.case_study for s in report.sections} == {0}


def test_the_thematic_report_has_no_case_study(real_reports: dict[str, Report]) -> None:
    report = real_reports[THEMES]
    assert report.case_studies == ()
    assert [s.heading for s in report.sections] == [
        "Integration and innovation in action: provider collaboration",
        "Key points",
        "Background",
        "Success factors",
        "Shared purpose",
        "Clinical leadership",
        "Trusting relationships",
        "Shared risk",
        "A culture of distributed leadership",
        "Flexibility",
        "A focus on the population",
        "System oversight",
        "Sustainability",
        "Co-design, co-production and bringing people with you",
        "Don’t think about funding",
        "Common language and clear communication",
        "Supporting provider collaboration",
        "About Integration and Innovation in Action",
    ]


def test_the_briefing_without_markup_has_three_case_studies(real_reports: dict[str, Report]) -> None:
    report = real_reports[MUST_KNOW]
    assert [c.name for c in report.case_studies] == [
        "Coventry and Warwickshire Place Forum",
        "West Yorkshire and Harrogate ICS",
        "Act as One: Bradford District and Craven Health and Care Partnership",
    ]
    assert [(s.heading, s.case_study) for s in report.sections] == [
        ("Coventry and Warwickshire Place Forum", 0),
        ("Place Forum impact", 0),
        ("West Yorkshire and Harrogate ICS", 1),
        ("Act as One: Bradford District and Craven Health and Care Partnership", 2),
    ]
