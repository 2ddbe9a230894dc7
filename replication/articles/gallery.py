"""The gallery's text on Cordoba, of which pictures were published and no numbers.

Alammar 2021, https://jalammar.github.io/hidden-states/ (CC BY-NC-SA 4.0).
"""

PROMPT = (
    "Some of the most glorious historical attractions in Spain date from the period of Muslim "
    "rule, including The Mezquita, built as the Great Mosque of Cordoba and the Medina Azahara, "
    "also in Cordoba and now in ruins but still visitable as such and built as the Madinat "
    "al-Zahra, the Palace of al-Andalus; and the Alhambra in Granada, a splendid, intact palace. "
    "There are also two synagogues still standing that were built during the era of Muslim "
    "Spain: Santa Maria la Blanca in Toledo and the Synagogue of Cordoba, in the Old City. "
    "Reconquista and Imperial era"
)
SHOWN = (
    " was also the time when the Spanish empire began to collapse, as early as the 14th century, "
    'when it was defeated by the British, had a brutal reign on its side as the "Third Vatican" '
    "and was forced to abandon all Christian and Jewish"
)
"""How the model of twelve layers goes on in the picture."""
REPEATED, NEW = ("Cordoba", "Granada", "Toledo"), ("Seville", "Lisbon", "Madrid")
"""Cities that the prompt names, and as many that it does not."""
CITIES = ": the cities of Seville, Cordoba, Lisbon, Granada, Madrid and Toledo"
"""A continuation of our own, in which they take turns."""
