using Scenograph.Torch;

namespace Scenograph.Tests.Unit.Torch;

[Collection(ProcessWide.Name)]
public sealed class TensorScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var scope = TensorScope.Begin();
        var a = Operators.Ones([8, 8]);
        Assert.Equal(64, (a + a).Sum().ToDouble() / 2);
    }));

    [Fact]
    public void A_kept_tensor_passes_to_the_scope_outside_and_lives_there()
    {
        using var outer = TensorScope.Begin();
        Tensor kept;
        using (var inner = TensorScope.Begin()) kept = inner.Keep(Operators.Ones([3]));
        Assert.Equal(3, kept.Sum().ToDouble());
        Assert.Equal(2, outer.Count); // it and its sum
    }

    [Fact]
    public void A_tensor_kept_out_of_the_outermost_scope_belongs_to_its_holder() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        Tensor kept;
        using (TensorScope.Begin()) kept = Operators.Ones([3]).Keep();
        Assert.Equal(3, kept.Count);
        kept.Dispose();
    }));

    [Fact]
    public void Nested_scopes_free_their_own_tensors_only() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var outer = TensorScope.Begin();
        var mine = Operators.Ones([2]);
        using (TensorScope.Begin()) mine.Add(1);
        Assert.Equal(1, outer.Count);
        Assert.Equal([1f, 1f], mine.ToArray<float>());
    }));

    [Fact]
    public void Use_after_free_says_so()
    {
        Tensor freed;
        using (TensorScope.Begin()) freed = Operators.Ones([2]);
        Assert.Throws<ObjectDisposedException>(() => freed.Add(1));
        Assert.Equal("Tensor (freed)", freed.ToString());
        freed.Dispose();
    }

    [Fact]
    public void A_scope_holds_no_tensors_of_other_threads()
    {
        using var scope = TensorScope.Begin();
        Tensor? made = null;
        var thread = new Thread(() => made = Operators.Ones([2]));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.Count);
        Assert.Equal(2, made!.Count);
        made.Dispose();
    }

    [Fact]
    public void A_tensor_can_be_disposed_on_another_thread_than_its_scopes() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var scope = TensorScope.Begin();
        var tensor = Operators.Ones([2]);
        var thread = new Thread(tensor.Dispose);
        thread.Start();
        thread.Join();
        Assert.Throws<ObjectDisposedException>(() => tensor.Sum());
    }));

    [Fact]
    public void Scopes_end_in_the_reverse_order_of_their_beginning()
    {
        var outer = TensorScope.Begin();
        var inner = TensorScope.Begin();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void A_forgotten_tensor_is_freed_by_its_finalizer() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget() => Operators.Ones([2]);
    }));

    [Fact]
    public void A_failed_operator_leaves_nothing_behind() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var a = Operators.Ones([2, 3]);
        for (var i = 0; i < 10; i++) Assert.Throws<TorchException>(() => a.MatMul(a));
    }));

    [Fact]
    public void Two_hundred_training_steps_leave_no_tensor_behind()
    {
        using var random = new Generator(1);
        using var model = new Sequential(new Conv2d(3, 4, 3, padding: 1, random: random), Activation.ReluInPlace(), new BatchNorm2d(4), new ConvTranspose2d(4, 3, 4, 2, 1, random: random));
        using var optimizer = new Adam(model);
        using var images = Operators.Rand([2, 3, 6, 6], random);
        using var target = Operators.Rand([2, 3, 12, 12], random);
        Step(); // the first one makes the optimiser's state
        Assert.Equal(0, LiveTensors.LeftBy(() =>
        {
            for (var i = 0; i < 200; i++) Step();
        }));

        void Step()
        {
            using var scope = TensorScope.Begin();
            optimizer.ZeroGrad();
            model.Forward(images).MseLoss(target).Backward();
            GradientClip.ByNorm(model.Parameters(), 1);
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    [Fact]
    public void Disposing_module_optimiser_and_average_frees_all_they_held() => Assert.Equal(0, LiveTensors.LeftBy(() =>
    {
        using var scope = TensorScope.Begin();
        using var model = new Sequential(new Linear(3, 2), new Linear(2, 1));
        using var optimizer = new SGD(model, 0.1, new(Momentum: 0.9));
        using var average = new WeightAverage(model, 0.9);
        model.Forward(Operators.Ones([4, 3])).Sum().Backward();
        optimizer.Step();
        average.Update();
    }));
}
