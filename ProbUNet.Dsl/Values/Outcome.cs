namespace ProbUNet.Dsl;

/// <summary>Either a value or the reason why there is none. Errors are values here; exceptions are for bugs.</summary>
/// <typeparam name="T">What there is when all went well.</typeparam>
/// <typeparam name="TError">What is known when it did not.</typeparam>
public abstract record Outcome<T, TError>
{
    private Outcome() { }

    /// <summary>The case with a value.</summary>
    public sealed record Ok(T Value) : Outcome<T, TError>;

    /// <summary>The case without.</summary>
    public sealed record Fail(TError Error) : Outcome<T, TError>;

    /// <summary>Folds both cases into one answer.</summary>
    public TOut Match<TOut>(Func<T, TOut> ok, Func<TError, TOut> fail) =>
        this is Ok { Value: var value } ? ok(value) : fail(((Fail)this).Error);

    /// <summary>Changes the value, if there is one.</summary>
    public Outcome<TOut, TError> Map<TOut>(Func<T, TOut> change) => Bind<TOut>(value => change(value));

    /// <summary>Goes on with the value, if there is one.</summary>
    public Outcome<TOut, TError> Bind<TOut>(Func<T, Outcome<TOut, TError>> next) =>
        Match(next, error => new Outcome<TOut, TError>.Fail(error));

    /// <summary>A value is a result.</summary>
    public static implicit operator Outcome<T, TError>(T value) => new Ok(value);

    /// <summary>An error is a result.</summary>
    public static implicit operator Outcome<T, TError>(TError error) => new Fail(error);
}
