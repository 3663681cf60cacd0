/** Keywords of Python 3; those that are keywords in some places only are not among them. */
export const KEYWORDS: ReadonlySet<string> = words(
  "False None True and as assert async await break class continue def del elif else except finally for from",
  "global if import in is lambda nonlocal not or pass raise return try while with yield",
);

export const BUILTINS: ReadonlySet<string> = words(
  "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError",
  "BrokenPipeError BufferError ChildProcessError ConnectionAbortedError ConnectionError",
  "ConnectionRefusedError ConnectionResetError EOFError Ellipsis EnvironmentError Exception ExceptionGroup",
  "FileExistsError FileNotFoundError FloatingPointError GeneratorExit IOError ImportError IndentationError",
  "IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError",
  "ModuleNotFoundError NameError NotADirectoryError NotImplemented NotImplementedError OSError OverflowError",
  "PermissionError ProcessLookupError RecursionError ReferenceError RuntimeError StopAsyncIteration",
  "StopIteration SyntaxError SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError",
  "UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError ValueError Warning",
  "ZeroDivisionError __debug__ __import__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes",
  "callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec exit filter float",
  "format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list",
  "locals map max memoryview min next object oct open ord pow print property quit range repr reversed round",
  "set setattr slice sorted staticmethod str sum super tuple type vars zip",
);

/** Of string literals, in lower case; those with an f or a t hold code. */
export const PREFIXES: ReadonlySet<string> = words("r u b f t br rb fr rf tr rt");

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(" ").split(" "));
}
