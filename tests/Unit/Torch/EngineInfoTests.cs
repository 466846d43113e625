using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

[Collection(ProcessWide.Name)]
public sealed class EngineInfoTests
{
    [Fact]
    public void Threads_are_what_they_are_set_to()
    {
        var before = EngineInfo.Threads;
        EngineInfo.Threads = 1;
        Assert.Equal(1, EngineInfo.Threads);
        EngineInfo.Threads = 0;
        Assert.Equal(Environment.ProcessorCount, EngineInfo.Threads);
        EngineInfo.Threads = before;
        Assert.Equal(before, EngineInfo.Threads);
        Assert.Throws<TorchException>(() => EngineInfo.Threads = -1);
    }

    [Fact]
    public void The_engine_tells_what_it_runs_on()
    {
        Assert.Matches(@"^\d+\.\d+", EngineInfo.LibtorchVersion);
        Assert.True(File.Exists(EngineInfo.LibtorchPath));
        Assert.Contains("OpenMP", EngineInfo.BuildDescription, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(EngineInfo.MeasureMatrixProduct(128), 0.01, 1e6);
    }
}
