"""Options of state generators, action generators and runners: from a call, from the policy, or from their class."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, ClassVar

from .. import Flags

if TYPE_CHECKING:
    from .base import BasePolicy


class ConfigFlags(Flags):
    """How an item came to be visited."""

    DEPENDENT = 1


class PolicyUtilMeta(type):
    """Joins the option names of all direct base classes, plain mixins included, with those of the class itself."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> PolicyUtilMeta:
        inherited = [option for base in bases for option in getattr(base, 'policy_options', ())]
        own = namespace.get('policy_options', ())
        namespace['policy_options'] = list(dict.fromkeys((*inherited, *own)))
        return super().__new__(mcs, name, bases, namespace, **kwargs)


class ABCPolicyUtilMeta(PolicyUtilMeta, ABCMeta):
    """:class:`PolicyUtilMeta` for classes with abstract methods."""


class PolicyUtil(metaclass=PolicyUtilMeta):
    """Base of everything that works on behalf of a policy and is adjusted by options.

    :param policy: Policy.
    :param kwargs: Arguments of a call. The options of this class are removed from it; everything else stays.
    """

    policy_options: ClassVar[list[str]] = []

    def __init__(self, policy: BasePolicy, kwargs: MutableMapping[str, Any]) -> None:
        self._policy = policy
        for name in self.policy_options:
            if name in kwargs:
                setattr(self, name, kwargs.pop(name))
            elif name in policy.option_defaults:
                setattr(self, name, policy.option_defaults[name])

    def get_options(self) -> dict[str, Any]:
        """Current value of each option."""
        return {name: getattr(self, name) for name in self.policy_options}
