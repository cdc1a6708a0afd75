"""Numbers, lists and dates as the book's sentences write them."""

import pytest

from scidip import prose


@pytest.mark.parametrize("date, words", [("2012-09-14", "14 September 2012"), ("2012-09", "September 2012"), ("2012", "2012")])
def test_a_date_in_words_is_no_more_precise_than_the_date(date, words):
    assert prose.date_in_words(date) == words


def test_what_is_no_date_has_no_words():
    with pytest.raises(ValueError, match="2012-13"):
        prose.date_in_words("2012-13")


def test_a_small_count_is_a_word_and_a_large_one_has_commas():
    assert [prose.in_words(number) for number in (0, 12, 13, 3000)] == ["no", "twelve", "13", "3,000"]


def test_a_list_ends_with_and():
    assert [prose.listed("ABC"[:size]) for size in range(4)] == ["", "A", "A and B", "A, B and C"]


def test_a_number_that_has_moved_is_named_with_its_new_value():
    with pytest.raises(ValueError, match="'12' is typed, the value is now 13"):
        prose.bind({"12": 13, "1,000": 1000})
