"""cvc5 from PyPI behind what halmos asks of a solver: a file of SMT-LIB, and the answer on standard output.

Bit vectors become integers. Products and quotients of 256 bits, which no solver of bits ends on, are then what they are in
the contracts: whole numbers with a remainder.
"""

import sys

import cvc5


def main(path: str) -> None:
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    parser = cvc5.InputParser(solver)
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, path)
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        sys.stdout.write(command.invoke(solver, symbols))
        sys.stdout.flush()


main(sys.argv[1])
