/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enrolment-weighted coefficient of variation (差异系数), population form, mean = total/total:
 *   X_i = x_i/P_i,  mean = sum x / sum P,  S^2 = sum P_i/P_N (X_i - mean)^2,  CV = S/mean
 * Source: 义务教育均衡发展差异系数计算方法及数据来源 (docs/standards.md section 1). Pure.
 */
#pragma once

#include <stddef.h>

struct cv {
    double total, pupils; /* sum x, sum P */
    double mean;          /* total/pupils, times `per` */
    double sd;            /* times `per` */
    double cv;            /* NaN when the mean is 0 or nobody is enrolled */
};

/* Values with P_i <= 0 or NaN x are skipped: the caller judges what that means. */
struct cv cv_weighted(const double *x, const double *pupils, size_t n, double per);

/*
 * Lower bound of the CV of the whole county when pupils p_missing have unknown x >= 0:
 * CV^2 >= (P_K Q - S^2) / (S^2 + p Q), S = sum x, Q = sum x^2/P of the known
 * (docs/standards.md 3). NaN when nothing is known or S = 0.
 */
double cv_lower_bound(const double *x, const double *pupils, size_t n, double p_missing);

/*
 * Unit i's share of the variance: P_i (X_i - mean)^2 / sum. Shares sum to 1; all 0 when the
 * variance is 0. share[] has n places.
 */
void cv_shares(const double *x, const double *pupils, size_t n, double *share);
