// The part of snarkjs that is used; the package brings no types.
declare module "snarkjs" {
  export interface Curve {
    terminate(): Promise<void>;
  }
  export interface Groth16Proof {
    pi_a: string[];
    pi_b: string[][];
    pi_c: string[];
  }
  export interface VerificationKey {
    nPublic: number;
    vk_alpha_1: string[];
    vk_beta_2: string[][];
    vk_gamma_2: string[][];
    vk_delta_2: string[][];
    IC: string[][];
  }
  export type Signals = Record<string, bigint | bigint[]>;
  export const curves: { getCurveFromName(name: "bn128"): Promise<Curve> };
  export const powersOfTau: {
    newAccumulator(curve: Curve, power: number, file: string): Promise<unknown>;
    beacon(from: string, to: string, name: string, hash: string, iterations: number): Promise<unknown>;
    preparePhase2(from: string, to: string): Promise<void>;
  };
  export const zKey: {
    newZKey(r1cs: string, ptau: string, to: string): Promise<unknown>;
    beacon(from: string, to: string, name: string, hash: string, iterations: number): Promise<unknown>;
    verifyFromR1cs(r1cs: string, ptau: string, zkey: string): Promise<boolean>;
    exportVerificationKey(zkey: string): Promise<VerificationKey>;
  };
  export const r1cs: {
    info(file: string): Promise<{ nConstraints: number }>;
    /** Constraints are (A w) (B w) = C w; each of A, B, C as coefficients in decimal by wire. */
    exportJson(file: string): Promise<{
      nVars: number;
      nOutputs: number;
      nPubInputs: number;
      nPrvInputs: number;
      constraints: [Record<string, string>, Record<string, string>, Record<string, string>][];
    }>;
  };
  export const wtns: {
    calculate(input: Signals, wasm: string, to: { type: "mem"; data?: Uint8Array }): Promise<void>;
    exportJson(file: { type: "mem"; data?: Uint8Array }): Promise<bigint[]>;
  };
  export const groth16: {
    prove(
      zkey: string,
      file: { type: "mem"; data?: Uint8Array },
    ): Promise<{ proof: Groth16Proof; publicSignals: string[] }>;
    verify(key: VerificationKey, signals: string[], proof: Groth16Proof): Promise<boolean>;
  };
}
