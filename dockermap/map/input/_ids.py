"""Selection of configurations to act on."""

from __future__ import annotations

from typing import Any

from ...exceptions import InputError
from ...utils import close_match
from ._lists import NamedTupleList
from ._shapes import is_late, shown
from ._tuples import InputConfigId, ItemType, MapConfigId

_EXPECTED = "a configuration as 'name', 'map.name' or 'map.name.instance', a tuple of up to three parts, or a dict"


def _instance_names(value: Any) -> tuple[Any, ...] | None:
    """Instance names as tuple, ``None`` for nothing. Raises ``ValueError`` unless they are texts (or ``None``)."""
    if not is_late(value) and not value:
        return None
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or is_late(value):
        raise InputError(f'Expected an instance name or a list of them, found {shown(value)}.')
    for name in value:
        if name is not None and not isinstance(name, str):
            raise InputError(f'Expected the name of an instance, found {shown(name)}.')
    return tuple(name or None for name in value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(f'Expected {what}, found {shown(value)}.')
    return value


class InputConfigIdList(NamedTupleList):
    """Selected configurations; ``map_name`` and ``instances`` apply where an element does not say."""

    element_type = InputConfigId

    def __init__(self, seq: Any = (), map_name: str | None = None, instances: Any = None) -> None:
        self.map_name = map_name
        self.instances = _instance_names(instances)
        super().__init__(seq)

    map_name: str | None = None
    instances: tuple[Any, ...] | None = None

    def get_type_item(self, value: Any, map_name: str | None = None, instances: Any = None) -> InputConfigId:
        """The selection that one element stands for. Raises ``ValueError`` where the element cannot be read."""
        map_name = map_name or self.map_name
        instances = _instance_names(instances) or self.instances
        if isinstance(value, InputConfigId):
            return value._replace(instance_names=_instance_names(value.instance_names))
        if isinstance(value, MapConfigId):
            names = _instance_names(value.instance_name) or instances
            return InputConfigId(value.config_type, value.map_name, value.config_name, names)
        if isinstance(value, str):
            parts: Any = value.split('.', 2)
            if len(parts) > 1:
                _text(parts[0], f'the name of a map in {value!r}')
        elif isinstance(value, dict) and not is_late(value):
            return self._from_dict(value, map_name, instances)
        else:
            parts = value
        if not isinstance(parts, (list, tuple)) or is_late(parts) or not 1 <= len(parts) <= 3:
            raise InputError(f'Expected {_EXPECTED}, found {shown(value)}.')
        return self._from_parts(parts, map_name, instances)

    def _from_parts(self, parts: Any, map_name: str | None, instances: Any) -> InputConfigId:
        own_map, name, own_instances = (None, *parts, None) if len(parts) == 1 else (*parts, None)[:3]
        if own_map:
            _text(own_map, 'the name of a map')
        return InputConfigId(
            ItemType.CONTAINER,
            own_map or map_name,
            _text(name, 'the name of a configuration'),
            _instance_names(own_instances) or instances,
        )

    def _from_dict(self, value: dict[Any, Any], map_name: str | None, instances: Any) -> InputConfigId:
        keys = list(value.keys())
        if len(keys) == 1 and keys[0] not in InputConfigId._fields:
            return self._from_parts((keys[0], value[keys[0]]), map_name, instances)
        for key in keys:
            if key not in InputConfigId._fields:
                raise InputError(f'Unknown field {shown(key)}{close_match(key, InputConfigId._fields)}')
        item_type = value.get('config_type') or ItemType.CONTAINER
        if not isinstance(item_type, (str, ItemType)):
            raise InputError(f'Expected an item type, found {shown(item_type)}.')
        own_map = value.get('map_name')
        return InputConfigId(
            item_type,
            _text(own_map, 'the name of a map') if own_map else map_name,
            _text(value.get('config_name'), 'the name of a configuration'),
            _instance_names(value.get('instance_names')) or instances,
        )

    def get_entry_item(self, key: Any, value: Any) -> InputConfigId:
        """The selection of one entry ``{map: configuration}`` of a dict."""
        return self._from_parts((key, value), self.map_name, self.instances)

    def _is_single(self, value: Any) -> bool:
        return isinstance(value, MapConfigId) or super()._is_single(value)
