from __future__ import annotations

import pytest

from dockermap.dep import (
    CachedDependency,
    CircularDependency,
    ImageDependentsResolver,
    MultiForwardDependencyResolver,
    MultiReverseDependencyResolver,
    NotInitialized,
)


class Forward(MultiForwardDependencyResolver[str]):
    def merge_dependency(self, item, resolve_parent, parents):
        return self._expand(item)


class Reverse(MultiReverseDependencyResolver[str]):
    def merge_dependency(self, item, resolve_parent, parents):
        return self._expand(item)


class Recursive(MultiForwardDependencyResolver[str]):
    """As an embedder would write it."""

    def merge_dependency(self, item, resolve_parent, parents):
        result = [found for parent in parents for found in resolve_parent(parent)]
        return list(dict.fromkeys([*result, *parents]))


@pytest.mark.parametrize(
    ('relations', 'expected'),
    [
        ({'web': ['api', 'db'], 'api': ['cache'], 'db': ['disk']}, ['cache', 'disk', 'api', 'db']),
        ({'web': ['api', 'cache'], 'api': ['cache']}, ['cache', 'api']),
        ({'web': []}, []),
        ({}, []),
        (None, []),
        ([('web', ('api',)), ('api', ['cache'])], ['cache', 'api']),
        (iter([('web', ['api'])]), ['api']),
    ],
)
def test_dependencies_are_listed_farthest_first(relations, expected):
    assert Forward(relations).get_dependencies('web') == expected


@pytest.mark.parametrize(('item', 'expected'), [('mid', ['base']), ('top', ['base', 'mid', 'side']), ('base', [])])
def test_what_an_image_is_based_on_comes_farthest_first(item, expected):
    resolver = ImageDependentsResolver([('base', 'mid'), ('mid', 'top'), ('side', 'top')])
    assert resolver.get_dependencies(item) == expected


def test_single_relations_may_be_a_dictionary():
    assert ImageDependentsResolver({'base': 'mid'}).get('mid') == ['base']


def test_dependents_are_listed_farthest_first():
    resolver = Reverse({'web': ['api'], 'api': ['db'], 'job': ['db']})
    assert resolver.get_dependencies('db') == ['web', 'api', 'job']


@pytest.mark.parametrize(
    ('resolver', 'known', 'unknown'),
    [
        (Forward({'web': ['db']}), 'web', 'db'),
        (Reverse({'web': ['db']}), 'db', 'web'),
    ],
)
def test_a_resolver_knows_the_items_that_have_an_entry(resolver, known, unknown):
    assert known in resolver
    assert unknown not in resolver
    assert resolver.get(unknown) == resolver.get_dependencies(unknown) == resolver.get_default() == []


def test_of_two_lists_for_an_item_the_later_one_wins_at_construction():
    assert Forward([('web', ['a']), ('web', ['b'])]).get('web') == ['b']


def test_later_lists_are_merged_without_duplicates():
    resolver = Forward({'web': ['a', 'b']})
    resolver.update({'web': ['b', 'c']})
    assert resolver.get('web') == ['a', 'b', 'c']


def test_a_dependent_is_kept_once():
    resolver = Reverse([('web', ['db'])])
    resolver.update([('web', ['db']), ('job', ['db'])])
    assert resolver.get('db') == ['web', 'job']


def test_new_relations_count_at_once():
    resolver = Forward({'web': ['api']})
    resolver.get_dependencies('web')
    resolver.update({'api': ['db']})
    assert resolver.get_dependencies('web') == ['db', 'api']


def test_lists_given_and_taken_are_copies():
    given = ['api']
    resolver = Forward({'web': given})
    given.append('x')
    resolver.get('web').append('y')
    resolver.get_dependencies('web').append('z')
    assert resolver.get('web') == resolver.get_dependencies('web') == ['api']


def test_a_list_is_resolved_once_until_it_is_reset():
    calls = []

    class Counting(Forward):
        def merge_dependency(self, item, resolve_parent, parents):
            calls.append(item)
            return super().merge_dependency(item, resolve_parent, parents)

    resolver = Counting({'web': ['db']})
    resolver.get_dependencies('web')
    resolver.get_dependencies('web')
    assert calls == ['web']
    resolver.reset()
    assert resolver.get_dependencies('web') == ['db']
    assert calls == ['web', 'web']


def test_an_own_merge_rule_gets_the_complete_lists_of_others():
    resolver = Recursive({'web': ['api', 'db'], 'api': ['cache'], 'db': ['disk']})
    assert resolver.get_dependencies('web') == ['cache', 'disk', 'api', 'db']


@pytest.mark.parametrize('resolver_class', [Forward, Reverse, Recursive])
def test_a_cycle_is_named(resolver_class):
    resolver = resolver_class({'a': ['b'], 'b': ['c'], 'c': ['a']})
    with pytest.raises(CircularDependency) as error:
        resolver.get_dependencies('a')
    assert error.value.item == 'a'
    assert not error.value.is_direct


def test_a_cycle_further_away_is_found_and_its_way_is_shown():
    with pytest.raises(CircularDependency, match='b -> c -> b'):
        Forward({'a': ['b'], 'b': ['c'], 'c': ['b']}).get_dependencies('a')


def test_a_resolver_can_be_used_after_a_cycle_was_found():
    resolver = Recursive({'a': ['b'], 'b': ['a'], 'c': ['d']})
    for _ in range(2):
        with pytest.raises(CircularDependency):
            resolver.get_dependencies('a')
    assert resolver.get_dependencies('c') == ['d']


@pytest.mark.parametrize('resolver_class', [Forward, Recursive])
@pytest.mark.parametrize('relations', [{'a': ['a']}, {'a': ['b'], 'b': ['b']}])
def test_an_item_that_names_itself_is_a_direct_cycle(resolver_class, relations):
    with pytest.raises(CircularDependency, match='depends on itself') as error:
        resolver_class(relations).get_dependencies('a')
    assert error.value.is_direct
    assert error.value.item in relations[error.value.item]


def test_a_cycle_is_no_error_before_somebody_asks():
    assert Forward({'a': ['a'], 'b': ['c']}).get_dependencies('b') == ['c']


def test_a_cached_dependency_starts_unresolved():
    node = CachedDependency(['a'])
    assert node.dependencies is NotInitialized
    node.dependencies = ['b']
    node.parent = ['c']
    assert (node.parent, node.dependencies) == (['c'], ['b'])


def test_a_chain_of_tens_of_thousands_is_resolved():
    size = 20_000
    resolver = Forward((str(number), [str(number - 1)]) for number in range(1, size))
    assert resolver.get_dependencies(str(size - 1)) == [str(number) for number in range(size - 1)]


def test_fully_linked_layers_are_resolved_quickly():
    width, size = 10, 5_000
    relations = {
        number: range(max(number - number % width - width, 0), number - number % width) for number in range(size)
    }
    assert len(Forward(relations).get_dependencies(size - 1)) == size - width


def test_walking_many_items_resolves_each_once():
    resolver = Forward({'web': ['api'], 'api': ['db'], 'job': ['db']})
    assert resolver.walk(['job', 'web', 'api']) == ['db', 'job', 'api', 'web']
