/** Reads a zod type through its wrappers: `optional()`, `nullable()`, `default()`, `transform()` and others. Pure. */
import type { z } from "zod";

export interface InputType {
  /** The type of the value as it is sent. */
  type: z.core.$ZodType;
  /** Whether the value may be left out. A default is one in `initial`. */
  isOptional: boolean;
  isNullable: boolean;
  /** The default, or undefined. */
  initial: unknown;
  /** The metadata of all wrappers; that of an outer one counts more. */
  meta: z.GlobalMeta & { deprecated?: boolean };
}

/** The parts of a definition that this file follows. */
interface Definition {
  type: string;
  innerType?: z.core.$ZodType;
  in?: z.core.$ZodType;
  out?: z.core.$ZodType;
  getter?: () => z.core.$ZodType;
  defaultValue?: unknown;
}

export function definitionOf(type: z.core.$ZodType): Definition {
  return type._zod.def as unknown as Definition;
}

export function readInputType(given: z.core.$ZodType): InputType {
  const found: InputType = {
    ...{ type: given, isOptional: false, isNullable: false, initial: undefined, meta: {} },
  };
  for (let next: z.core.$ZodType | undefined = given; next; next = innerOf(next)) {
    const { type: name, defaultValue } = definitionOf(next);
    found.type = next;
    found.isOptional ||= name === "optional";
    found.isNullable ||= name === "nullable";
    if (found.initial === undefined) found.initial = defaultValue;
    found.meta = { ...(next as z.ZodType).meta?.(), ...found.meta };
  }
  return found;
}

/** @returns the type inside of a wrapper. Of `preprocess` it is the type behind the function. */
function innerOf(type: z.core.$ZodType): z.core.$ZodType | undefined {
  const { type: name, innerType, in: before, out, getter } = definitionOf(type);
  if (name === "pipe") return before && definitionOf(before).type === "transform" ? out : before;
  return name === "lazy" ? getter?.() : innerType;
}

/** Whether a field holds the id of an upload, or several. */
export function isUpload(field: z.core.$ZodType): boolean {
  const { type, meta } = readInputType(field);
  if (meta.upload) return true;
  const { element } = type._zod.def as { element?: z.core.$ZodType };
  return element !== undefined && isUpload(element);
}

/** @returns the ids in a field of uploads */
export function uploadIdsIn(value: unknown): string[] {
  return [value].flat().filter((id) => typeof id === "string" && id !== "") as string[];
}
