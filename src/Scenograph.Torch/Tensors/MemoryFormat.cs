namespace Scenograph.Torch;

/// <summary>Order of a tensor's elements in memory, numbered as libtorch numbers them.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major: [B, C, H, W] with W fastest.</summary>
    Contiguous = 0,
    /// <summary>As the input has it.</summary>
    Preserve = 1,
    /// <summary>[B, C, H, W] with C fastest: what convolutions on CPUs and tensor cores read best.</summary>
    ChannelsLast = 2,
}
