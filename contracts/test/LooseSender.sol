// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {
    ILayerZeroEndpointV2,
    MessagingParams
} from "@layerzerolabs/lz-evm-protocol-v2/contracts/interfaces/ILayerZeroEndpointV2.sol";

/// @title A sender of any bytes to anybody, over the real endpoint
contract LooseSender {
    ILayerZeroEndpointV2 private immutable _endpoint;

    constructor(ILayerZeroEndpointV2 endpoint) {
        _endpoint = endpoint;
        endpoint.setDelegate(msg.sender);
    }

    function send(uint32 dstEid, bytes32 to, bytes calldata message, bytes calldata options) external payable {
        _endpoint.send{ value: msg.value }(MessagingParams(dstEid, to, message, options, false), msg.sender);
    }
}
