# The image that the official validator expects: ten by ten squares, in the colours that it lists.
import sys

from iiif_validator.validator import ValidationInfo
from PIL import Image

image = Image.new("RGB", (1000, 1000))
for x, column in enumerate(ValidationInfo().colorInfo):
    for y, colour in enumerate(column):
        image.paste(colour, (100 * x, 100 * y, 100 * x + 100, 100 * y + 100))
image.save(sys.argv[1])
