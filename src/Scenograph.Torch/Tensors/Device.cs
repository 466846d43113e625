using System.Globalization;

namespace Scenograph.Torch;

/// <summary>Kinds of device, numbered as libtorch numbers them.</summary>
public enum DeviceType
{
    /// <summary>The processor.</summary>
    Cpu = 0,
    /// <summary>An NVIDIA GPU.</summary>
    Cuda = 1,
}

/// <summary>Where a tensor lives.</summary>
/// <param name="Type">Kind of device.</param>
/// <param name="Index">Which of them, from 0; −1 for the processor and for the current GPU.</param>
public readonly record struct Device(DeviceType Type, int Index = -1)
{
    /// <summary>The processor.</summary>
    public static Device Cpu => new(DeviceType.Cpu);

    /// <summary>A GPU.</summary>
    public static Device Cuda(int index = 0) => new(DeviceType.Cuda, index);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <exception cref="InputException">The text names no device, or one that this machine lacks.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu") return Cpu;
        var index = text == "cuda" ? 0
            : text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n
            : throw new InputException($"device '{text}' is not known; use cpu, cuda or cuda:N");
        var count = EngineInfo.CudaDeviceCount;
        if (index >= count) throw new InputException($"device '{text}' is not here: this libtorch sees {count} CUDA devices; use cpu");
        return Cuda(index);
    }

    /// <inheritdoc/>
    public override string ToString() => Type == DeviceType.Cpu ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"cuda:{Math.Max(0, Index)}");
}
