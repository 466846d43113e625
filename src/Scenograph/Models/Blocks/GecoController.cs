using Scenograph.Torch;

namespace Scenograph.Models.Blocks;

/// <summary>
/// GECO: the weight β of the KL falls while the reconstruction's error is above a goal and rises while it is below, so that the error
/// becomes a constraint (Rezende and Viola 2018, arXiv 1810.00597; this form: GENESIS, Engelcke et al. 2020, arXiv 1907.13052).
/// Buffers <c>goal, step_size, alpha, beta, beta_min, beta_max, speedup</c> as in the original's state-dict, and <c>err_ema</c>, which
/// the original forgets: NaN before the first error.
/// </summary>
public sealed class GecoController : Module
{
    /// <param name="Goal">The error to reach.</param>
    /// <param name="Step">Change of log β for each unit of difference.</param>
    /// <param name="Decay">Share of the past in the error's moving average, 0 to 1.</param>
    /// <param name="Start">β at the start.</param>
    /// <param name="Minimum">Smallest β.</param>
    /// <param name="Maximum">Largest β.</param>
    /// <param name="Speedup">How much faster β rises than it falls.</param>
    public sealed record Options(double Goal, double Step, double Decay = 0.99, double Start = 1, double Minimum = 1e-10, double Maximum = 1e10, double Speedup = 10);

    private readonly Tensor goal, step, decay, minimum, maximum, speedup;

    /// <param name="options">Goal and pace.</param>
    public GecoController(Options options)
    {
        goal = Buffer("goal", Tensor.FromScalar(options.Goal));
        step = Buffer("step_size", Tensor.FromScalar(options.Step));
        decay = Buffer("alpha", Tensor.FromScalar(options.Decay));
        Beta = Buffer("beta", Tensor.FromScalar(options.Start));
        minimum = Buffer("beta_min", Tensor.FromScalar(options.Minimum));
        maximum = Buffer("beta_max", Tensor.FromScalar(options.Maximum));
        speedup = Buffer("speedup", Tensor.FromScalar(options.Speedup));
        MeanError = Buffer("err_ema", Tensor.FromScalar(double.NaN));
    }

    /// <summary>β, of no dimensions; <see cref="Update"/> changes it in place, so an objective takes a copy.</summary>
    public Tensor Beta { get; }

    /// <summary>Moving average of the error, of no dimensions; NaN before the first.</summary>
    public Tensor MeanError { get; }

    /// <summary>Follows one error. One that is not finite changes nothing.</summary>
    /// <param name="error">Of one element.</param>
    public void Update(Tensor error)
    {
        using var mode = GradMode.Off();
        using var scope = TensorScope.Begin();
        var latest = error.Detach().To(Beta.DType).Reshape([]);
        var mean = Operators.Where(MeanError.Isnan(), latest, latest * (1 - decay) + MeanError * decay);
        var difference = goal - mean;
        var pace = Operators.Where(difference.Gt(0), speedup, speedup.OnesLike()) * step;
        var next = (Beta * (pace * difference).Exp()).Maximum(minimum).Minimum(maximum);
        var isFinite = latest.Isfinite();
        Beta.Copy_(Operators.Where(isFinite, next, Beta));
        MeanError.Copy_(Operators.Where(isFinite, mean, MeanError));
    }

    /// <summary>Forgets the errors so far; β stays.</summary>
    public void ForgetErrors()
    {
        using var mode = GradMode.Off();
        MeanError.Fill_(double.NaN);
    }
}
