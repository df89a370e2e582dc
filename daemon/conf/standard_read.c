/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_read.h"

#include <string.h>

#include "base/num.h"
#include "conf/option.h"

void standard_fill(struct standard_reader *r, const struct yaml_node *map,
                   const char *path, const struct standard_keys *keys, void *conf,
                   size_t size)
{
    option_fill(map, path, keys->options, keys->parts, conf, size, r->arena, r->errs);
}

const struct yaml_node *standard_at(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node ? node : map;
}

bool standard_decimal(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, const char *key, const char *text,
                      enum least least, int max, struct decimal *ret)
{
    struct decimal d;
    char name[OPTION_PATH], quoted[YAML_SHOW];
    option_path(path, key, name);
    yaml_quote(text, quoted);
    if (decimal_parse(text, strlen(text), &d) != 0)
        yaml_error(standard_at(map, key), r->errs,
                   "%s: expected a decimal number such as 0.65, got %s", name, quoted);
    else if (d.n < 0 || (least == ABOVE_ZERO && d.n == 0))
        yaml_error(standard_at(map, key), r->errs, "%s: expected a number %s, got %s",
                   name, least == ABOVE_ZERO ? "above 0" : "of 0 or more", quoted);
    else if (max && decimal_cmp(d, (struct decimal){max, 0}) > 0)
        yaml_error(standard_at(map, key), r->errs, "%s: expected at most %d, got %s",
                   name, max, quoted);
    else {
        *ret = d;
        return true;
    }
    return false;
}

double standard_share(struct standard_reader *r, const struct yaml_node *map,
                      const char *key, const char *text, enum least least)
{
    struct decimal d = {0};
    standard_decimal(r, map, "", key, text, least, 1, &d);
    return decimal_double(d);
}

bool standard_id_ok(const char *id, const char *more)
{
    size_t n = strlen(id);
    if (!n || n > STANDARD_ID_MAX || *id == '.' || *id == '-')
        return false;
    for (const char *p = id; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && !strchr(more, *p))
            return false;
    return true;
}
