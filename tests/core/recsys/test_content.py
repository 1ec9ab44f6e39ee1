import numpy as np
import pytest
import scipy.sparse as sp

from core.errors import InteractionsError
from core.recsys.content import ContentConfig, extend
from core.recsys.metrics import top


def test_rated_items_keep_what_they_learned(model, factors, catalogue):
    rows = catalogue.catalogue_rows
    d = factors.vectors.shape[1]
    np.testing.assert_array_equal(model.vectors[rows, :d], factors.vectors)
    np.testing.assert_array_equal(model.offsets[rows], factors.offsets)
    np.testing.assert_array_equal(model.neighbours.toarray()[np.ix_(rows, rows)], factors.neighbours.toarray())


@pytest.mark.parametrize("domain", [0, 1])
def test_taste_reaches_items_that_nobody_rated(model, catalogue, domain):
    """Likes of rated films lift unrated films, and books, of the same group."""
    ours = catalogue.unrated() & (catalogue.domains == domain)
    for group in range(3):
        told = [row for row in catalogue.catalogue_rows if catalogue.groups[row] == group][:4]
        moved = model.scores(model.fold_in(told, np.ones(4))) - model.scores(model.belief())
        of_group = ours & (catalogue.groups == group)
        assert moved[of_group].mean() > moved[ours & ~of_group].mean() + 0.05


def test_a_liked_book_lifts_films_of_its_group(model, catalogue):
    book = int(np.flatnonzero((catalogue.domains == 1) & (catalogue.groups == 2))[0])
    moved = model.scores(model.fold_in([book], [1.0])) - model.scores(model.belief())
    films = catalogue.domains == 0
    assert moved[films & (catalogue.groups == 2)].mean() > moved[films & (catalogue.groups != 2)].mean()


def test_a_facet_said_in_words_fills_the_list_with_its_members(model, catalogue):
    members = catalogue.members(1)
    films = np.where(catalogue.domains == 0, 0.0, -np.inf)

    def share(strength: float) -> float:
        told = [model.facet_observation(members, strength)] if strength else []
        return float(members[top(model.scores(model.belief(told)) + films, 20)].mean())

    shares = [share(t) for t in (-2, -1, 0, 0.5, 1, 2)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2] < shares[5]


def test_content_is_less_sure_than_ratings(model, catalogue):
    rows = np.arange(len(model.items))
    deviations = model.std(model.fold_in(catalogue.catalogue_rows[:5], np.ones(5)), rows)
    films = catalogue.domains == 0
    assert deviations[films & catalogue.unrated()].mean() > deviations[~catalogue.unrated()].mean()


def test_eighty_percent_intervals_hold_eighty_percent_of_items_whose_ratings_were_hidden(factors, catalogue):
    """Every fifth rated item is hidden from the map, and compared with what its ratings say of sampled people."""
    hidden = np.arange(len(catalogue.catalogue_rows)) % 5 == 0
    places = np.where(hidden, -1, catalogue.catalogue_rows)
    c = catalogue
    blind = extend(factors, places, c.facets, None, c.domains, c.editorial)
    rows, d = c.catalogue_rows[hidden], factors.vectors.shape[1]
    people = np.random.default_rng(0).normal(size=(400, d))
    off = (blind.vectors[rows, :d] - factors.vectors[hidden]) @ people.T
    off += (blind.offsets[rows] - factors.offsets[hidden])[:, None]
    variance = blind.scatter[rows, None] * (people**2 @ blind.residual[:d]) + blind.offset_variance[rows, None]
    assert 0.65 < (np.abs(off) < 1.2816 * np.sqrt(variance)).mean() < 0.93


def test_a_domain_without_reactions_follows_its_editor(model, catalogue):
    books = catalogue.domains == 1
    order = np.argsort(catalogue.editorial[books])
    assert (np.diff(model.offsets[books][order]) >= 0).all()
    assert model.offsets[books].max() <= model.offsets[~books].max()


def test_text_speaks_where_facets_are_silent(factors, catalogue, rng):
    c = catalogue
    nothing = sp.csr_matrix((len(c.groups), 1))
    text = np.eye(3)[c.groups] + 0.1 * rng.normal(size=(len(c.groups), 3))
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    told = extend(factors, c.catalogue_rows, nothing, text, c.domains, c.editorial)
    liked = [row for row in c.catalogue_rows if c.groups[row] == 0][:4]
    moved = told.scores(told.fold_in(liked, np.ones(4))) - told.scores(told.belief())
    unrated = c.unrated()
    assert moved[unrated & (c.groups == 0)].mean() > moved[unrated & (c.groups != 0)].mean()


def test_many_facets_are_compressed_the_same_way_each_time(factors, catalogue, rng):
    c = catalogue
    many = sp.hstack([c.facets, sp.random(len(c.groups), 40, 0.2, random_state=1)]).tocsr()
    config = ContentConfig(facet_dimensions=6)
    first, second = (extend(factors, c.catalogue_rows, many, None, c.domains, c.editorial, config) for _ in range(2))
    assert first.vectors.shape[1] == factors.vectors.shape[1] + 6
    np.testing.assert_array_equal(first.vectors, second.vectors)


def test_a_mapping_from_ids_serves_as_well(model, factors, catalogue):
    c = catalogue
    rows_of = {int(item): int(row) for item, row in zip(factors.items, c.catalogue_rows, strict=True)}
    again = extend(factors, rows_of, c.facets, None, c.domains, c.editorial)
    np.testing.assert_array_equal(again.vectors, model.vectors)


@pytest.mark.parametrize("shared", [0, 1])
def test_without_ratings_facets_and_the_editor_carry_all(factors, catalogue, shared):
    c = catalogue
    places = np.where(np.arange(len(factors.items)) < shared, c.catalogue_rows, -1)
    alone = extend(factors, places, c.facets, None, c.domains, c.editorial)
    for domain in (0, 1):
        inside = c.domains == domain
        assert (np.diff(alone.offsets[inside][np.argsort(c.editorial[inside])]) >= 0).all()
    now = alone.logits(alone.belief())
    liked = [int(row) for row in np.flatnonzero((c.groups == 0) & (c.domains == 0))[:3]]
    moved = alone.scores(alone.fold_in(liked, np.ones(3))) - alone.scores(alone.belief())
    books = c.domains == 1
    assert moved[books & (c.groups == 0)].mean() > moved[books & (c.groups != 0)].mean() + 0.1
    disliked = alone.logits(alone.fold_in(liked[:1], [-1.0]))
    assert disliked[liked[0]] < now[liked[0]]
    heard = alone.scores(alone.belief([alone.facet_observation(c.members(1), 1.0)]))
    assert c.members(1)[top(heard, 10)].mean() > 0.8
    assert (alone.std(alone.belief(), np.arange(len(now))) > 0).all()


def test_what_does_not_fit_together_is_refused(factors, catalogue):
    c = catalogue
    with pytest.raises(InteractionsError, match="rows"):
        extend(factors, c.catalogue_rows, c.facets, None, c.domains[:-1], c.editorial)
    with pytest.raises(InteractionsError, match="different rows"):
        extend(factors, np.zeros(len(factors.items), np.int64), c.facets, None, c.domains, c.editorial)
