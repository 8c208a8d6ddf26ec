/** The faults that no test can or should notice, with the reason. By file, as the report names them. */
export const knownSurvivors: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
