// SPDX-License-Identifier: Apache-2.0
// The eight coefficients and their mean with DuckDB, two threads, the types of the columns declared.
// duckdb.mjs FILE: county,stage,cv1,…,cv8,composite; what it took inside goes to stderr.
import { DuckDBInstance } from '@duckdb/node-api';

const types = [
    'SMALLINT', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR', 'TINYINT', // round … owner
    ...Array(8).fill('DOUBLE'), // pupils, teachers of three sorts: primary, junior
    ...Array(4).fill('DOUBLE'), // teaching, indoor and outdoor area, equipment
    'DOUBLE', 'DOUBLE', // computers, books
];
const names = 'round county school name kind owner p0 p1 t0 t1 q0 q1 m0 m1 area indoor ground equipment computers books'.split(' ');
const columns = names.map((name, i) => `${name}: '${types[i]}'`).join(', ');
const cv = x => `sqrt(greatest(sum(p) * sum(${x} * ${x} / p) / (sum(${x}) * sum(${x})) - 1, 0))`;
const shared = ['area - indoor', 'indoor + ground', 'equipment', 'computers', 'books'];
const stage = s => `SELECT county, '${['primary', 'junior'][s]}' AS stage, p${s} AS p,
    ${shared.map((x, i) => `(${x}) * ${[100, 110][s]} * p${s} / (100 * coalesce(p0, 0) + 110 * coalesce(p1, 0)) AS x${i + 1}`).join(', ')},
    t${s} AS x6, q${s}::DOUBLE AS x7, m${s}::DOUBLE AS x8 FROM counted WHERE p${s} > 0`;

const started = performance.now();
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
const reader = await connection.runAndReadAll(`
    WITH counted AS MATERIALIZED (SELECT * FROM read_csv($file, header = true, delim = ',', columns = {${columns}})
        WHERE owner IN (7, 8) AND kind IN ('小学', '初级中学', '九年一贯制学校')),
    units AS (${stage(0)} UNION ALL ${stage(1)}),
    figures AS (SELECT county, stage, ${[1, 2, 3, 4, 5, 6, 7, 8].map(k => `${cv('x' + k)} AS c${k}`).join(', ')} FROM units GROUP BY county, stage)
    SELECT *, (c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8) / 8 FROM figures ORDER BY county, stage DESC`, { file: process.argv[2] });
process.stdout.write(reader.getRows().map(row => row.join(',') + '\n').join(''));
console.error(((performance.now() - started) / 1000).toFixed(6));
