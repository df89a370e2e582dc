-- SPDX-License-Identifier: Apache-2.0
-- 体育、艺术专任教师在学校之间的差距:按在校生数加权的差异系数(与国家标准同一公式)。
return jh.indicator {
  id = "arts_teachers_gap",
  title = "体艺教师校际差距",
  scope = "county",
  stage = { "primary", "junior" },
  needs = { "pe_arts_teachers", "pupils" },
  params = { limit = 0.50, schools_min = 3 },
  severity = "notice",

  evaluate = function(d, p)
    if d:count() < p.schools_min then
      return jh.unknown("只有%d所学校,不足%d所,不作判断", d:count(), p.schools_min)
    end
    local cv = d:cv("pe_arts_teachers", { per = "pupils" })
    local _, least = d:min("pe_arts_teachers", { per = "pupils" })
    return jh.verdict(cv <= p.limit, cv, "差异系数%.3f,上限%.2f,最少的是%s",
      cv, p.limit, d:school(least).name or d:school(least).code)
  end,

  tests = {
    { name = "各校相同", rows = {
        { pupils = 100, pe_arts_teachers = 1 },
        { pupils = 200, pe_arts_teachers = 2 },
        { pupils = 400, pe_arts_teachers = 4 },
      }, expect = "pass", value = 0 },
    { name = "两极分化不通过", rows = {
        { pupils = 100, pe_arts_teachers = 4, name = "甲" },
        { pupils = 100, pe_arts_teachers = 1, name = "乙" },
        { pupils = 100, pe_arts_teachers = 0, name = "丙" },
      }, expect = "fail", text = "最少的是丙" },
    { name = "学校太少", rows = {
        { pupils = 100, pe_arts_teachers = 4 },
      }, expect = "unknown" },
    { name = "缺数不当作零", stage = "junior", rows = {
        { pupils = 100, pe_arts_teachers = 4 },
        { pupils = 100 },
        { pupils = 100, pe_arts_teachers = 4 },
      }, expect = "unknown", text = "pe_arts_teachers" },
    { name = "全县都没有", rows = {
        { pupils = 100, pe_arts_teachers = 0 },
        { pupils = 100, pe_arts_teachers = 0 },
        { pupils = 100, pe_arts_teachers = 0 },
      }, expect = "unknown" },
  },
}
