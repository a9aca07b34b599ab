/** The executable reference of the protocol: pure functions over bigint, and state machines as reducers. */
export * from "./bridge";
export * from "./bucket";
export * from "./bytes";
export * from "./check";
export * from "./committee";
export * from "./constants";
export * from "./eip712";
export * from "./emission";
export * from "./errors";
export * from "./fees";
export * from "./machine";
export * from "./merkle";
export * from "./pause";
export * from "./rewards";
export * from "./staking";
export * from "./supply";
export * from "./vesting";
