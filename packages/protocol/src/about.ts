import * as v from 'valibot'

/** A schema with a description, which the JSON schema for editors carries. */
export const about = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description<v.InferOutput<S>, string>(text))
