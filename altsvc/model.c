/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The models, one row each: RFC 7838 §2.2, §3.1, §6. */
#include "model.h"

#include "value.h"

static const AsvModel rfc7838 = {
    .name = "rfc7838",
    .reason = "the rules of RFC 7838, whatever the client",
    .ma_largest = ASV_MA_LARGEST,
    .age_shortens_life = TRUE,
    .reads_misdirected = FALSE,
    .misdirected_drops = TRUE,
    .network_drops = TRUE,
};

const AsvModel *asv_model_rfc7838(void) {
  return &rfc7838;
}
