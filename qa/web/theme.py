"""The look of Gradio's own parts. casebook's are in page.css."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base


def theme() -> "Base":
    """Return the look of Gradio's own parts. Its fonts come with Gradio and are served from here, none from the web."""
    from gradio.themes import Base, colors, sizes
    from gradio.themes.utils.fonts import LocalFont

    return Base(
        primary_hue=colors.teal,
        neutral_hue=colors.slate,
        radius_size=sizes.radius_sm,
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_background_fill="#f6f7f6",
        body_background_fill_dark="#12181a",
        body_text_color="#1b2427",
        body_text_color_dark="#e6ebeb",
        body_text_color_subdued="#506066",
        body_text_color_subdued_dark="#a5b3b8",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1a2225",
        block_border_color="#d5dbdb",
        block_border_color_dark="#344045",
        block_label_text_color="#3c4a4f",
        block_label_text_color_dark="#b9c5c8",
        block_title_text_color="#3c4a4f",
        block_title_text_color_dark="#b9c5c8",
        input_background_fill="#ffffff",
        input_background_fill_dark="#1a2225",
        input_border_color="#87949a",
        input_border_color_dark="#6d7c82",
        input_border_color_focus="#0b5f5c",
        input_border_color_focus_dark="#74cfc6",
        input_placeholder_color="#5f6d73",
        input_placeholder_color_dark="#9aa8ad",
        button_primary_background_fill="#0b5f5c",
        button_primary_background_fill_dark="#74cfc6",
        button_primary_background_fill_hover="#084846",
        button_primary_background_fill_hover_dark="#9adfd8",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#0c1a1a",
        button_secondary_background_fill="#e6ecec",
        button_secondary_background_fill_dark="#263236",
        button_secondary_background_fill_hover="#d5e0e0",
        button_secondary_background_fill_hover_dark="#334248",
        button_secondary_text_color="#12383a",
        button_secondary_text_color_dark="#d7e4e5",
    )
