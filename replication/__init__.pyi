"""What ``from replication import ...`` offers; each name is imported when it is first used."""

from .figures.drawing.draw import draw as draw
from .figures.drawing.factors import draw_sparklines as draw_sparklines
from .figures.drawing.ranks import draw_ranks as draw_ranks
from .figures.drawing.ranks import draw_top_tokens as draw_top_tokens
from .figures.drawing.saliency import draw_saliency as draw_saliency
from .measures.attention_weights import attention_of as attention_of
from .measures.factors import factorize as factorize
from .measures.factors import pca as pca
from .measures.lens import continuation_ranks as continuation_ranks
from .measures.lens import top_tokens as top_tokens
from .measures.lens import watched_ranks as watched_ranks
from .measures.neurons import clusters as clusters
from .measures.neurons import sparsity as sparsity
from .measures.record import generate as generate
from .measures.record import record as record
from .measures.saliency import gradient_x_input as gradient_x_input
from .measures.saliency import integrated_gradients as integrated_gradients
from .measures.variants import uncertainty as uncertainty
from .measures.variants import word_probabilities as word_probabilities
from .models.loading import load as load
from .questions.measured import subject as subject

__version__: str
