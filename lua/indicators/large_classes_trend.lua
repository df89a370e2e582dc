-- SPDX-License-Identifier: Apache-2.0
-- 大班额只减不增:56人及以上的班数不多于上一期。
return jh.indicator {
  id = "large_classes_trend",
  title = "大班额只减不增",
  scope = "county",
  stage = { "primary", "junior" },
  needs = { "classes_56" },
  params = { tolerance = 0 },
  severity = "notice",

  evaluate = function(d, p)
    local before = d:previous()
    if not before then
      return jh.unknown("没有上一期数据")
    end
    local now, last = d:sum("classes_56"), before:sum("classes_56")
    return jh.verdict(now <= last + p.tolerance, now - last,
      "56人及以上的班由%s期的%d个变为%d个", before:round(), last, now)
  end,

  tests = {
    { name = "减少", rows = { { classes_56 = 2 }, { classes_56 = 1 } },
      previous = { { classes_56 = 4 } }, expect = "pass", value = -1 },
    { name = "不变", rows = { { classes_56 = 4 } },
      previous = { { classes_56 = 4 } }, expect = "pass", value = 0 },
    { name = "增加", rows = { { classes_56 = 5 } },
      previous = { { classes_56 = 4 } }, expect = "fail", text = "2024期的4个变为5个" },
    { name = "没有上一期", rows = { { classes_56 = 5 } }, expect = "unknown" },
    { name = "上一期没有这一项", rows = { { classes_56 = 5 } },
      previous = { { pupils = 100 } }, expect = "unknown" },
  },
}
