/** The few values of `vscode` that the units under test construct. Everything else is tested in the real editor. */

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: ThemeColor,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class EventEmitter {
  readonly event = () => ({ dispose: () => undefined });
}

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}
