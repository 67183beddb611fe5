"""Plays 玩法: ways of selling that are laid over every scene that has the steps they change."""

from jiutong.scenes.plays.group_buy import GROUP_BUY
from jiutong.scenes.plays.presale import PRESALE

PLAYS = (PRESALE, GROUP_BUY)

__all__ = ["GROUP_BUY", "PLAYS", "PRESALE"]
