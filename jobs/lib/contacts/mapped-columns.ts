/** Finds the column of each field in a mapping, and what is wrong with the mapping. */
import { Refused } from "../../../server/job.ts";
import {
  type MappableField,
  type Mapping,
  mappableFields,
  otherColumns,
  repeatableFields,
} from "./fields.ts";

export interface MappingFault {
  /** The columns that are wrong; none if one is missing. */
  columns: string[];
  message: string;
  advice: string;
}

/** @throws Refused if no column holds the email, or two columns hold the same field */
export function columnsOf(mapping: Mapping): Map<MappableField, number> {
  const [fault] = findMappingFaults(mapping);
  if (fault) throw new Refused(fault.message, fault.advice);
  return new Map(
    Object.entries(mapping).flatMap(([column, field]) =>
      isSingle(column, field) ? [[field, Number(column)]] : [],
    ),
  );
}

export function findMappingFaults(mapping: Mapping): MappingFault[] {
  const columns = new Map<MappableField, string[]>();
  for (const [column, field] of Object.entries(mapping)) {
    if (isSingle(column, field)) columns.set(field, [...(columns.get(field) ?? []), column]);
  }
  const faults = [...columns].flatMap(([field, same]): MappingFault[] => {
    if (same.length === 1) return [];
    const label = mappableFields.find(({ name }) => name === field)?.label ?? field;
    const count = same.length === 2 ? "Two" : same.length;
    return [
      {
        columns: same,
        message: `${count} columns are mapped to ${label}`,
        advice: "Choose one of them and skip the other.",
      },
    ];
  });
  if (columns.has("email")) return faults;
  return [
    {
      columns: [],
      message: "No column is mapped to Email",
      advice: "Choose the column with the email addresses.",
    },
    ...faults,
  ];
}

function isSingle(column: string, field: MappableField | ""): field is MappableField {
  return column !== otherColumns && field !== "" && !repeatableFields.has(field);
}
