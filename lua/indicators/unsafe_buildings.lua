-- SPDX-License-Identifier: Apache-2.0
-- D级危房:每所学校都应为零。按学校判断。
return jh.indicator {
  id = "unsafe_buildings",
  title = "D级危房",
  scope = "school",
  stage = { "primary", "junior" },
  needs = { "unsafe_area" },
  severity = "critical",

  evaluate = function(d, p, i)
    local area = d:value(i, "unsafe_area")
    if area == nil then
      return jh.unknown("没有报D级危房面积")
    end
    return jh.verdict(area == 0, area, "D级危房%.0f平方米", area)
  end,

  tests = {
    { name = "没有危房", rows = { { unsafe_area = 0 } }, expect = "pass" },
    { name = "有危房", rows = { { unsafe_area = 0 }, { unsafe_area = 120 } },
      school = 2, expect = "fail", text = "120平方米" },
    { name = "没有报", rows = { { unsafe_area = 0 }, { pupils = 10 } },
      school = 2, expect = "unknown" },
    { name = "数据没有这一项", rows = { { pupils = 10 } }, expect = "unknown" },
  },
}
