/** How many things were checked, and which of them are not as they should be. */
export class Checklist {
  readonly disagreements: string[] = [];
  #checks = 0;

  get checks(): number {
    return this.#checks;
  }

  expect(agrees: boolean, disagreement: () => string): void {
    this.#checks += 1;
    if (!agrees) this.disagreements.push(disagreement());
  }

  /** Expects two lists to have the same texts, in whatever order. */
  expectSame(what: string, told: readonly string[], counted: readonly string[]): void {
    const missing = counted.filter((one) => !told.includes(one));
    const extra = told.filter((one) => !counted.includes(one));
    this.expect(missing.length + extra.length === 0, () => {
      const parts = [
        ...(extra.length > 0 ? [`told but not there: ${extra.join(', ')}`] : []),
        ...(missing.length > 0 ? [`there but not told: ${missing.join(', ')}`] : []),
      ];
      return `${what}: ${parts.join('; ')}`;
    });
  }
}
