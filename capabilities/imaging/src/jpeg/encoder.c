/* Writing JPEG: rows into memory, image after image with one encoder. */

#include "failure.h"

/* Where a row of blocks ends: bytes before the restart marker may still wait in the codec. */
struct row_end {
  uint32_t position;
  uint32_t filling;
  int32_t means[3];
};

struct encoder {
  struct jpeg_compress_struct codec; /* first: callbacks find the encoder by it */
  struct failure failure;
  struct jpeg_destination_mgr target;
  uint8_t *buffer;
  size_t capacity;
  struct row_end *ends;
  size_t end_count, end_capacity;
};

/* The first fields of what libjpeg-turbo 3 keeps while it writes Huffman codes (jchuff.c). It has
   no public face; a test compares what is read here with the codes of finished files. */
struct huffman_state {
  void (*methods[4])(void);
  uint64_t put_buffer;
  int free_bits;
  int last_dc_val[MAX_COMPS_IN_SCAN];
};

static void note_row_end(struct encoder *encoder) {
  const struct huffman_state *state = (const struct huffman_state *)encoder->codec.entropy;
  if (encoder->end_count == encoder->end_capacity) {
    size_t capacity = encoder->end_capacity ? encoder->end_capacity * 2 : 64;
    struct row_end *ends = realloc(encoder->ends, capacity * sizeof *ends);
    if (!ends) ERREXIT1(&encoder->codec, JERR_OUT_OF_MEMORY, 0);
    encoder->ends = ends;
    encoder->end_capacity = capacity;
  }
  struct row_end *end = &encoder->ends[encoder->end_count++];
  end->position = (uint32_t)(encoder->target.next_output_byte - encoder->buffer);
  end->filling = (uint32_t)state->free_bits & 7;
  for (int i = 0; i < 3; i++)
    end->means[i] = i < encoder->codec.num_components ? state->last_dc_val[i] : 0;
}

static void target_begin(j_compress_ptr codec) {
  struct encoder *encoder = (struct encoder *)codec;
  encoder->target.next_output_byte = encoder->buffer;
  encoder->target.free_in_buffer = encoder->capacity;
}

static boolean target_grow(j_compress_ptr codec) {
  struct encoder *encoder = (struct encoder *)codec;
  size_t used = encoder->capacity, capacity = used * 2;
  uint8_t *buffer = realloc(encoder->buffer, capacity);
  if (!buffer) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  encoder->buffer = buffer;
  encoder->capacity = capacity;
  encoder->target.next_output_byte = buffer + used;
  encoder->target.free_in_buffer = capacity - used;
  return TRUE;
}

static void target_end(j_compress_ptr codec) { (void)codec; }

static int create_encoder(struct encoder *encoder, int space, int quality, int half_chroma,
                          int restart_rows) {
  struct jpeg_compress_struct *codec = &encoder->codec;
  codec->err = prepare(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return FAILED;
  jpeg_create_compress(codec);
  encoder->target.init_destination = target_begin;
  encoder->target.empty_output_buffer = target_grow;
  encoder->target.term_destination = target_end;
  codec->dest = &encoder->target;
  codec->in_color_space = space == GRAY ? JCS_GRAYSCALE : JCS_RGB;
  codec->input_components = space == GRAY ? 1 : 3;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, quality, TRUE);
  codec->comp_info[0].h_samp_factor = half_chroma && space != GRAY ? 2 : 1;
  codec->comp_info[0].v_samp_factor = half_chroma && space != GRAY ? 2 : 1;
  codec->restart_in_rows = restart_rows;
  return DONE;
}

void recto_encoder_free(struct encoder *encoder) {
  jpeg_destroy_compress(&encoder->codec);
  free(encoder->buffer);
  free(encoder->ends);
  free(encoder);
}

/* One encoder writes many images of one kind. With restart rows, every so many rows of blocks end
   in a restart marker. */
struct encoder *recto_encoder_new(int space, int quality, int half_chroma, int restart_rows) {
  struct encoder *encoder = calloc(1, sizeof *encoder);
  if (!encoder) return NULL;
  encoder->capacity = CHUNK;
  encoder->target.free_in_buffer = CHUNK;
  encoder->buffer = malloc(CHUNK);
  if (encoder->buffer && create_encoder(encoder, space, quality, half_chroma, restart_rows) == DONE)
    return encoder;
  recto_encoder_free(encoder);
  return NULL;
}

const char *recto_encoder_message(const struct encoder *encoder) {
  return encoder->failure.message;
}

/* What was written, until the next begin. */
const uint8_t *recto_encoder_bytes(const struct encoder *encoder, size_t *length) {
  *length = encoder->capacity - encoder->target.free_in_buffer;
  return encoder->buffer;
}

/* The rows of blocks of an image with restarts, until the next begin. */
const struct row_end *recto_encoder_row_ends(const struct encoder *encoder, size_t *count) {
  *count = encoder->end_count;
  return encoder->ends;
}

/* Writes the stream of tables that abbreviated images need. */
int recto_encoder_tables(struct encoder *encoder) {
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  jpeg_suppress_tables(&encoder->codec, FALSE);
  jpeg_write_tables(&encoder->codec);
  return DONE;
}

/* Begins an image; an abbreviated one has neither tables nor application segments. */
int recto_encoder_begin(struct encoder *encoder, uint32_t w, uint32_t h, int abbreviated) {
  struct jpeg_compress_struct *codec = &encoder->codec;
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  jpeg_abort_compress(codec);
  encoder->end_count = 0;
  codec->image_width = w;
  codec->image_height = h;
  codec->write_JFIF_header = !abbreviated;
  jpeg_suppress_tables(codec, abbreviated);
  jpeg_start_compress(codec, FALSE);
  return DONE;
}

int recto_encoder_rows(struct encoder *encoder, const uint8_t *pixels, size_t stride, uint32_t n) {
  JSAMPROW rows[ROWS_AT_ONCE];
  volatile uint32_t done = 0;
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  struct jpeg_compress_struct *codec = &encoder->codec;
  const uint32_t blocks = (uint32_t)codec->max_v_samp_factor * DCTSIZE;
  while (done < n) {
    uint32_t count = n - done < ROWS_AT_ONCE ? n - done : ROWS_AT_ONCE;
    uint32_t to_end = blocks - codec->next_scanline % blocks;
    if (codec->restart_in_rows && count > to_end) count = to_end;
    for (uint32_t i = 0; i < count; i++) rows[i] = (JSAMPROW)pixels + (size_t)(done + i) * stride;
    uint32_t took = jpeg_write_scanlines(codec, rows, count);
    if (took == 0) ERREXIT(codec, JERR_TOO_LITTLE_DATA);
    done += took;
    int is_end = took == to_end || codec->next_scanline == codec->image_height;
    if (codec->restart_in_rows && is_end) note_row_end(encoder);
  }
  return DONE;
}

int recto_encoder_end(struct encoder *encoder) {
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  jpeg_finish_compress(&encoder->codec);
  return DONE;
}
