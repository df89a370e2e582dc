-- SPDX-License-Identifier: Apache-2.0
-- 生师比:每名专任教师负担的学生数。数字越小越好,达标是不超过上限
-- (小学19:1、初中13.5:1,国家规定的编制标准;各省可在配置里改)。
return jh.indicator {
  id = "pupil_teacher_ratio",
  title = "生师比",
  scope = "county",
  stage = { "primary", "junior" },
  needs = { "pupils", "teachers" },
  params = { primary = 19, junior = 13.5 },
  severity = "notice",

  evaluate = function(d, p)
    local limit = p[d:stage()]
    local teachers = d:sum("teachers")
    if teachers == 0 then
      return jh.fail(nil, "没有专任教师")
    end
    local ratio = d:sum("pupils") / teachers
    return jh.verdict(ratio <= limit, ratio, "生师比%.2f:1,上限%g:1", ratio, limit)
  end,

  tests = {
    { name = "小学恰好达标", rows = {
        { pupils = 190, teachers = 5 },
        { pupils = 190, teachers = 15 },
      }, expect = "pass", value = 19 },
    { name = "同样的数在初中不达标", stage = "junior", rows = {
        { pupils = 190, teachers = 10 },
      }, expect = "fail", value = 19 },
    { name = "没有教师", rows = { { pupils = 10, teachers = 0 } }, expect = "fail" },
    { name = "教师数没有报", rows = {
        { pupils = 10 },
        { pupils = 10, teachers = 2 },
      }, expect = "unknown" },
  },
}
