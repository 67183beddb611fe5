"""What every scene shares unless it says otherwise."""

from jiutong.kernel.points import Scene
from jiutong.scenes.steps import DISCOUNT_MAX_BP, HOLD_MINUTES

BASE = Scene(
    code="base",
    title="Base",
    title_zh="基础",
    points=((HOLD_MINUTES, 15), (DISCOUNT_MAX_BP, 3000)),
)
