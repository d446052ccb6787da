/* Reading JPEG: rows out of a file that arrives in pieces, or out of memory. */

#include "failure.h"

/* Progressive files have about ten scans; each costs a pass over the whole image. */
#define MAX_SCANS 128

/* Fills a buffer: the count, 0 at the end, negative if that fails. */
typedef intptr_t (*read_bytes)(void *context, uint8_t *buffer, size_t length);

struct decoder {
  struct jpeg_decompress_struct codec; /* first: callbacks find the decoder by it */
  struct failure failure;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  read_bytes read;
  void *context;
  int cut; /* the data of a scan ended before the scan did */
  uint8_t buffer[CHUNK];
};

struct header {
  uint32_t w, h;           /* as stored */
  uint32_t out_w, out_h;   /* as decoded, once begun */
  int32_t components, space, precision, progressive;
  int32_t adobe;           /* the transform, or -1 */
  int32_t density_unit, x_density, y_density;
};

static void source_nothing(j_decompress_ptr codec) { (void)codec; }

static boolean source_fill(j_decompress_ptr codec) {
  struct decoder *decoder = (struct decoder *)codec;
  intptr_t got = 0;
  if (decoder->read) got = decoder->read(decoder->context, decoder->buffer, CHUNK);
  if (got < 0) fail_with((j_common_ptr)codec, UNREADABLE);
  if (got == 0) fail_with((j_common_ptr)codec, TRUNCATED);
  decoder->source.next_input_byte = decoder->buffer;
  decoder->source.bytes_in_buffer = (size_t)got;
  return TRUE;
}

static void source_skip(j_decompress_ptr codec, long length) {
  struct decoder *decoder = (struct decoder *)codec;
  if (length <= 0) return;
  size_t left = (size_t)length;
  while (left > decoder->source.bytes_in_buffer) {
    left -= decoder->source.bytes_in_buffer;
    source_fill(codec);
  }
  decoder->source.next_input_byte += left;
  decoder->source.bytes_in_buffer -= left;
}

static void watch_scans(j_common_ptr codec) {
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > MAX_SCANS)
    fail_with(codec, FAILED);
}

/* Counts, and remembers the warning after which all that is left would be grey. */
static void take_note(j_common_ptr codec, int level) {
  if (level >= 0) return;
  codec->err->num_warnings++;
  if (codec->err->msg_code == JWRN_HIT_MARKER &&
      ((j_decompress_ptr)codec)->unread_marker == JPEG_EOI)
    ((struct decoder *)codec)->cut = 1;
}

static int create_decoder(struct decoder *decoder) {
  decoder->codec.err = prepare(&decoder->failure);
  decoder->failure.manager.emit_message = take_note;
  if (setjmp(decoder->failure.jump)) return FAILED;
  jpeg_create_decompress(&decoder->codec);
  decoder->source.init_source = source_nothing;
  decoder->source.fill_input_buffer = source_fill;
  decoder->source.skip_input_data = source_skip;
  decoder->source.resync_to_restart = jpeg_resync_to_restart;
  decoder->source.term_source = source_nothing;
  decoder->codec.src = &decoder->source;
  decoder->progress.progress_monitor = watch_scans;
  decoder->codec.progress = &decoder->progress;
  return DONE;
}

struct decoder *recto_decoder_new(void) {
  struct decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder || create_decoder(decoder) == DONE) return decoder;
  free(decoder);
  return NULL;
}

void recto_decoder_free(struct decoder *decoder) {
  jpeg_destroy_decompress(&decoder->codec);
  free(decoder);
}

const char *recto_decoder_message(const struct decoder *decoder) {
  return decoder->failure.message;
}

long recto_decoder_warnings(const struct decoder *decoder) {
  return decoder->codec.err->num_warnings;
}

int recto_decoder_cut(const struct decoder *decoder) {
  return decoder->cut;
}

void recto_decoder_limit(struct decoder *decoder, size_t bytes) {
  decoder->codec.mem->max_memory_to_use = bytes > LONG_MAX ? LONG_MAX : (long)bytes;
}

/* Reads from memory, which must stay until the last row is read. */
void recto_decoder_from_memory(struct decoder *decoder, const uint8_t *bytes, size_t length) {
  jpeg_abort_decompress(&decoder->codec);
  decoder->read = NULL;
  decoder->source.next_input_byte = bytes;
  decoder->source.bytes_in_buffer = length;
}

void recto_decoder_from_reader(struct decoder *decoder, read_bytes read, void *context) {
  jpeg_abort_decompress(&decoder->codec);
  decoder->read = read;
  decoder->context = context;
  decoder->source.next_input_byte = NULL;
  decoder->source.bytes_in_buffer = 0;
}

/* Reads a stream of tables alone; they hold for the images that follow. */
int recto_decoder_tables(struct decoder *decoder) {
  forget(&decoder->failure);
  if (setjmp(decoder->failure.jump)) return decoder->failure.code;
  return jpeg_read_header(&decoder->codec, FALSE) == JPEG_HEADER_TABLES_ONLY ? DONE : FAILED;
}

static void describe(const struct decoder *decoder, struct header *header) {
  const struct jpeg_decompress_struct *codec = &decoder->codec;
  header->w = codec->image_width;
  header->h = codec->image_height;
  header->out_w = codec->output_width;
  header->out_h = codec->output_height;
  header->components = codec->num_components;
  header->precision = codec->data_precision;
  header->progressive = codec->progressive_mode;
  header->adobe = codec->saw_Adobe_marker ? codec->Adobe_transform : -1;
  header->density_unit = codec->saw_JFIF_marker ? codec->density_unit : 0;
  header->x_density = codec->X_density;
  header->y_density = codec->Y_density;
  switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE: header->space = 0; break;
    case JCS_YCbCr: header->space = 1; break;
    case JCS_RGB: header->space = 2; break;
    case JCS_CMYK: header->space = 3; break;
    case JCS_YCCK: header->space = 4; break;
    default: header->space = 5;
  }
}

/* Reads up to the first scan. With `keep`, application segments can be had from it after. */
int recto_decoder_header(struct decoder *decoder, int keep, struct header *header) {
  forget(&decoder->failure);
  if (setjmp(decoder->failure.jump)) return decoder->failure.code;
  unsigned length = keep ? 0xFFFF : 0;
  jpeg_save_markers(&decoder->codec, JPEG_APP0 + 1, length);
  jpeg_save_markers(&decoder->codec, JPEG_APP0 + 2, length);
  decoder->codec.err->num_warnings = 0;
  decoder->cut = 0;
  jpeg_read_header(&decoder->codec, TRUE);
  describe(decoder, header);
  return DONE;
}

/* The n-th segment that was kept. */
int recto_decoder_marker(const struct decoder *decoder, size_t n, uint8_t *code,
                         const uint8_t **bytes, size_t *length) {
  const struct jpeg_marker_struct *marker = decoder->codec.marker_list;
  while (marker && n--) marker = marker->next;
  if (!marker) return 0;
  *code = marker->marker;
  *bytes = marker->data;
  *length = marker->data_length;
  return 1;
}

/* Overrules what the header made of the stored colours. */
void recto_decoder_assume(struct decoder *decoder, int32_t space) {
  static const J_COLOR_SPACE spaces[] = {JCS_GRAYSCALE, JCS_YCbCr, JCS_RGB, JCS_CMYK, JCS_YCCK};
  if (space >= 0 && space < 5) decoder->codec.jpeg_color_space = spaces[space];
}

/* Begins to decode, at `eighths` of the size (8 is the whole). */
int recto_decoder_begin(struct decoder *decoder, int eighths, int space, int fancy,
                        struct header *header) {
  struct jpeg_decompress_struct *codec = &decoder->codec;
  forget(&decoder->failure);
  if (setjmp(decoder->failure.jump)) return decoder->failure.code;
  codec->scale_num = (unsigned)eighths;
  codec->scale_denom = 8;
  codec->do_fancy_upsampling = fancy ? TRUE : FALSE;
  switch (space) {
    case GRAY: codec->out_color_space = JCS_GRAYSCALE; break;
    case RGB: codec->out_color_space = JCS_RGB; break;
    case CMYK: codec->out_color_space = JCS_CMYK; break;
    default: codec->out_color_space = codec->jpeg_color_space;
  }
  jpeg_start_decompress(codec);
  describe(decoder, header);
  header->components = codec->output_components;
  return DONE;
}

/* Narrows the rows to some columns, widened to whole blocks: once begun, before the first row. */
int recto_decoder_columns(struct decoder *decoder, uint32_t *x, uint32_t *w) {
  JDIMENSION start = *x, width = *w;
  forget(&decoder->failure);
  if (setjmp(decoder->failure.jump)) return decoder->failure.code;
  jpeg_crop_scanline(&decoder->codec, &start, &width);
  *x = start;
  *w = width;
  return DONE;
}

int recto_decoder_rows(struct decoder *decoder, uint8_t *out, size_t stride, uint32_t n) {
  JSAMPROW rows[ROWS_AT_ONCE];
  volatile uint32_t done = 0;
  forget(&decoder->failure);
  if (setjmp(decoder->failure.jump)) return decoder->failure.code;
  while (done < n) {
    uint32_t count = n - done < ROWS_AT_ONCE ? n - done : ROWS_AT_ONCE;
    for (uint32_t i = 0; i < count; i++) rows[i] = out + (size_t)(done + i) * stride;
    uint32_t got = jpeg_read_scanlines(&decoder->codec, rows, count);
    if (got == 0) fail_with((j_common_ptr)&decoder->codec, TRUNCATED);
    done += got;
  }
  return DONE;
}
