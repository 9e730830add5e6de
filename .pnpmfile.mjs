// What is packed differs from what is worked on in one thing: the condition that points at the sources, which an
// archive does not carry.
export const hooks = {
  beforePacking(manifest) {
    const packed = structuredClone(manifest)
    for (const target of Object.values(packed.exports ?? {})) delete target['newel-source']
    delete packed.devDependencies
    return packed
  },
}
