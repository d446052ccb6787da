/* Writing JPEG: rows into memory, image after image with one encoder. */

#include "failure.h"

/* A place between two blocks of a row: bits before it may still wait in the codec. */
struct cut {
  uint32_t position;
  uint32_t waiting_bits;
  int32_t means[3];
};

struct encoder {
  struct jpeg_compress_struct codec; /* first: callbacks find the encoder by it */
  struct failure failure;
  struct jpeg_destination_mgr target;
  uint8_t *buffer;
  size_t capacity;
  boolean (*encode_block)(j_compress_ptr, JBLOCKROW *);
  uint32_t cut_every, column; /* in blocks of all components (MCUs) */
  struct cut *cuts;
  size_t cut_count, cut_capacity;
};

/* The first fields of what libjpeg-turbo 3 keeps while it writes Huffman codes (jchuff.c). It has
   no public face; a test compares what is read here with the codes of finished files. */
struct huffman_state {
  void (*start_pass)(void);
  boolean (*encode_block)(j_compress_ptr, JBLOCKROW *);
  void (*other_methods[2])(void);
  size_t put_buffer;
  int free_bits;
  int last_dc_val[MAX_COMPS_IN_SCAN];
};

static void note_cut(struct encoder *encoder) {
  const struct huffman_state *state = (const struct huffman_state *)encoder->codec.entropy;
  if (encoder->cut_count == encoder->cut_capacity) {
    size_t capacity = encoder->cut_capacity ? encoder->cut_capacity * 2 : 64;
    struct cut *cuts = realloc(encoder->cuts, capacity * sizeof *cuts);
    if (!cuts) ERREXIT1(&encoder->codec, JERR_OUT_OF_MEMORY, 0);
    encoder->cuts = cuts;
    encoder->cut_capacity = capacity;
  }
  struct cut *cut = &encoder->cuts[encoder->cut_count++];
  cut->position = (uint32_t)(encoder->target.next_output_byte - encoder->buffer);
  cut->waiting_bits = (uint32_t)(8 * sizeof state->put_buffer) - (uint32_t)state->free_bits;
  for (int i = 0; i < 3; i++)
    cut->means[i] = i < encoder->codec.num_components ? state->last_dc_val[i] : 0;
}

/* Stands in for the codec's own method, to look at its state between blocks. */
static boolean encode_block(j_compress_ptr codec, JBLOCKROW *block) {
  struct encoder *encoder = (struct encoder *)codec;
  boolean done = encoder->encode_block(codec, block);
  encoder->column++;
  int is_end = encoder->column == codec->MCUs_per_row;
  if (is_end || encoder->column % encoder->cut_every == 0) note_cut(encoder);
  if (is_end) encoder->column = 0;
  return done;
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
                          int cut_every) {
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
  encoder->cut_every = (uint32_t)cut_every;
  codec->restart_in_rows = cut_every > 0;
  return DONE;
}

void recto_encoder_free(struct encoder *encoder) {
  jpeg_destroy_compress(&encoder->codec);
  free(encoder->buffer);
  free(encoder->cuts);
  free(encoder);
}

/* One encoder writes many images of one kind. If they are to be cut, every row of blocks ends in a
   restart marker, and there is a cut at its end and after every so many of its blocks. */
struct encoder *recto_encoder_new(int space, int quality, int half_chroma, int cut_every) {
  struct encoder *encoder = calloc(1, sizeof *encoder);
  if (!encoder) return NULL;
  encoder->capacity = CHUNK;
  encoder->target.free_in_buffer = CHUNK;
  encoder->buffer = malloc(CHUNK);
  if (encoder->buffer && create_encoder(encoder, space, quality, half_chroma, cut_every) == DONE)
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

/* Forgets what was written so far, once it has been taken; only for images without cuts. */
void recto_encoder_drained(struct encoder *encoder) {
  encoder->target.next_output_byte = encoder->buffer;
  encoder->target.free_in_buffer = encoder->capacity;
}

/* Where an image can be cut, row by row, until the next begin. */
const struct cut *recto_encoder_cuts(const struct encoder *encoder, size_t *count) {
  *count = encoder->cut_count;
  return encoder->cuts;
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
  encoder->cut_count = encoder->column = 0;
  codec->image_width = w;
  codec->image_height = h;
  codec->write_JFIF_header = !abbreviated;
  jpeg_suppress_tables(codec, abbreviated);
  jpeg_start_compress(codec, FALSE);
  if (encoder->cut_every) {
    struct huffman_state *state = (struct huffman_state *)codec->entropy;
    encoder->encode_block = state->encode_block;
    state->encode_block = encode_block;
  }
  return DONE;
}

int recto_encoder_rows(struct encoder *encoder, const uint8_t *pixels, size_t stride, uint32_t n) {
  JSAMPROW rows[ROWS_AT_ONCE];
  volatile uint32_t done = 0;
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  struct jpeg_compress_struct *codec = &encoder->codec;
  while (done < n) {
    uint32_t count = n - done < ROWS_AT_ONCE ? n - done : ROWS_AT_ONCE;
    for (uint32_t i = 0; i < count; i++) rows[i] = (JSAMPROW)pixels + (size_t)(done + i) * stride;
    uint32_t took = jpeg_write_scanlines(codec, rows, count);
    if (took == 0) ERREXIT(codec, JERR_TOO_LITTLE_DATA);
    done += took;
  }
  return DONE;
}

int recto_encoder_end(struct encoder *encoder) {
  forget(&encoder->failure);
  if (setjmp(encoder->failure.jump)) return encoder->failure.code;
  jpeg_finish_compress(&encoder->codec);
  return DONE;
}
