-- SPDX-License-Identifier: Apache-2.0
-- 大班额(56人及以上)和超大班额(66人及以上)基本消除:占全部班级的比例不超过上限。
-- 56人及以上的班数包含66人及以上的班(见数据项说明)。
return jh.indicator {
  id = "large_classes",
  title = "大班额",
  scope = "county",
  stage = { "primary", "junior" },
  needs = { "classes", "classes_56", "classes_66" },
  params = { limit_56 = 0.05, limit_66 = 0.02 },
  severity = "warning",

  evaluate = function(d, p)
    local classes = d:sum("classes")
    if classes == 0 then
      return jh.unknown("没有班级数")
    end
    local large, huge = d:sum("classes_56"), d:sum("classes_66")
    local ok = large <= p.limit_56 * classes and huge <= p.limit_66 * classes
    local most, where = d:max("classes_56")
    local school = d:school(where)
    return jh.verdict(ok, large / classes,
      "56人及以上%d个班(%.2f%%,上限%.2f%%),66人及以上%d个班(%.2f%%,上限%.2f%%)%s",
      large, 100 * large / classes, 100 * p.limit_56,
      huge, 100 * huge / classes, 100 * p.limit_66,
      most > 0 and (",最多的是" .. (school.name or school.code)) or "")
  end,

  tests = {
    { name = "没有大班额", rows = {
        { classes = 12, classes_56 = 0, classes_66 = 0 },
        { classes = 6, classes_56 = 0, classes_66 = 0 },
      }, expect = "pass", value = 0 },
    { name = "恰好百分之五", rows = {
        { classes = 60, classes_56 = 3, classes_66 = 0 },
        { classes = 40, classes_56 = 2, classes_66 = 2 },
      }, expect = "pass", value = 0.05 },
    { name = "大班额超过上限", stage = "junior", rows = {
        { classes = 60, classes_56 = 6, classes_66 = 0, name = "甲" },
        { classes = 40, classes_56 = 0, classes_66 = 0, name = "乙" },
      }, expect = "fail", value = 0.06, text = "最多的是甲" },
    { name = "超大班额超过上限", rows = {
        { classes = 100, classes_56 = 3, classes_66 = 3 },
      }, expect = "fail" },
    { name = "有的学校没有报", rows = {
        { classes = 100, classes_56 = 0, classes_66 = 0 },
        { classes = 10, classes_56 = 0 },
      }, expect = "unknown", text = "classes_66" },
    { name = "数据没有班额", rows = { { classes = 10 } }, expect = "unknown" },
  },
}
