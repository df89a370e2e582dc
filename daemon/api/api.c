/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include "api/parts.h"

const struct http_route *api_routes(void)
{
    /* method, path, control only, worker, handler */
    static const struct http_route ROUTES[] = {
        {"GET", "/healthz", false, false, api_health},
        {"GET", "/readyz", false, false, api_ready},
        {"GET", "/metrics", false, true, api_metrics},
        {"GET", "/api/v1/status", false, true, api_status},
        {"GET", "/api/v1/sources", false, true, api_sources},
        {"GET", "/api/v1/counties", false, true, api_counties},
        {"GET", "/api/v1/counties/{}", false, true, api_county},
        {"GET", "/api/v1/counties/{}/history", false, true, api_history},
        {"GET", "/api/v1/alerts", false, true, api_alerts},
        {"GET", "/api/v1/alerts/{}", false, true, api_alert},
        {"POST", "/api/v1/alerts/{}/ack", true, true, api_ack},
        {"POST", "/api/v1/alerts/{}/assign", true, true, api_assign},
        {"POST", "/api/v1/alerts/{}/comment", true, true, api_comment},
        {"GET", "/api/v1/silences", false, true, api_silences},
        {"POST", "/api/v1/silences", true, true, api_silence},
        {"POST", "/api/v1/silences/{}/end", true, true, api_silence_end},
        {"GET", "/api/v1/deliveries", false, true, api_deliveries},
        {"GET", "/api/v1/standards", false, true, api_standards},
        {"GET", "/api/v1/indicators", false, true, api_indicators},
        {"GET", "/api/v1/certifications", false, true, api_certifications},
        {"GET", "/api/v1/findings", false, true, api_findings},
        {"GET", "/api/v1/export", false, true, api_export},
        {"GET", "/api/v1/export/{}", false, true, api_export_round},
        {"GET", "/api/v1/journal", false, true, api_journal},
        {"POST", "/api/v1/findings/{}/accept", true, true, api_accept},
        {"GET", "/api/v1/reviews", false, true, api_reviews},
        {"POST", "/api/v1/reviews", true, true, api_review},
        {"POST", "/api/v1/certifications", true, true, api_certify},
        {"POST", "/api/v1/decertifications", true, true, api_decertify},
        {"GET", "/api/v1/standings", false, true, api_standings},
        {"POST", "/api/v1/standings", true, true, api_standing},
        {"POST", "/api/v1/retractions", true, true, api_retract},
        {"POST", "/api/v1/sources/{}/poll", true, true, api_poll},
        {"POST", "/api/v1/poll", true, true, api_poll_all},
        {"POST", "/api/v1/reload", true, true, api_reload},
        {NULL, NULL, false, false, NULL}};
    return ROUTES;
}
