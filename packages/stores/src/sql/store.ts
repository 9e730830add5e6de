import type { Store } from '@newel/engine'
import { sqlAssessments } from './assessments.ts'
import { sqlChallenges } from './challenges.ts'
import { sqlConsume } from './consume.ts'
import { createSql } from './context.ts'
import type { Driver } from './driver.ts'
import { migrate, readSchema } from './migrate.ts'
import { recordPass } from './pass.ts'
import { sqlPerson } from './person.ts'
import { sqlSignals } from './signals.ts'
import { sqlSubjects } from './subjects.ts'
import { sqlTenants } from './tenants.ts'
import { sqlWork } from './work.ts'

/** The store on any database that speaks one of the two dialects; a driver is all that such a database has to bring. */
export function sqlStore(driver: Driver): Store {
  const sql = createSql(driver)
  return {
    migrate: () => migrate(driver, sql.bind),
    health: () => readSchema(driver, sql.bind),
    close: () => driver.close(),
    ...sqlTenants(sql),
    ...sqlSignals(sql),
    ...sqlAssessments(sql),
    ...sqlChallenges(sql),
    recordPass: recordPass(sql),
    ...sqlConsume(sql),
    ...sqlSubjects(sql),
    ...sqlPerson(sql),
    ...sqlWork(sql),
  }
}
