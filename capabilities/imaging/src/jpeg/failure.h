#ifndef RECTO_FAILURE_H
#define RECTO_FAILURE_H

/* A thin layer over libjpeg, which reports errors by jumping: no jump leaves this file.
 *
 * Every function that can fail returns one of the codes below and leaves a sentence in `message`.
 * After a failure a codec may be begun again, but not continued.
 */

#include <limits.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

enum { DONE = 0, FAILED = 1, TRUNCATED = 2, UNREADABLE = 3, NO_MEMORY = 4, UNSUPPORTED = 5 };
enum { GRAY = 0, RGB = 1, CMYK = 2, STORED = 3 };

#define CHUNK 65536
#define ROWS_AT_ONCE 16

struct failure {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  int code;
  char message[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr codec) {
  struct failure *failure = (struct failure *)codec->err;
  failure->manager.format_message(codec, failure->message);
  if (failure->code == DONE) {
    switch (failure->manager.msg_code) {
      case JERR_OUT_OF_MEMORY:
      case JERR_NO_BACKING_STORE: failure->code = NO_MEMORY; break;
      case JERR_SOF_UNSUPPORTED:
      case JERR_ARITH_NOTIMPL:
      case JERR_NOTIMPL:
      case JERR_BAD_PRECISION:
      case JERR_CONVERSION_NOTIMPL:
      case JERR_CCIR601_NOTIMPL: failure->code = UNSUPPORTED; break;
      default: failure->code = FAILED;
    }
  }
  longjmp(failure->jump, 1);
}

static inline void fail_with(j_common_ptr codec, int code) {
  ((struct failure *)codec->err)->code = code;
  codec->err->msg_code = JERR_INPUT_EOF;
  fail(codec);
}

static void stay_silent(j_common_ptr codec) { (void)codec; }

static struct jpeg_error_mgr *prepare(struct failure *failure) {
  jpeg_std_error(&failure->manager);
  failure->manager.error_exit = fail;
  failure->manager.output_message = stay_silent;
  return &failure->manager;
}

static void forget(struct failure *failure) {
  failure->code = DONE;
  failure->message[0] = 0;
}

#endif
